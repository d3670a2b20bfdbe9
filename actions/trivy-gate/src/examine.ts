import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { systemClock } from '@slipway/shared/time/clock';
import type { Timeline } from '@slipway/shared/time/timeline';
import { baselinesOf } from './baselines.ts';
import { getDatabase } from './database/get-database.ts';
import type { Database } from './database/metadata.ts';
import { isTracked } from './database/tracked.ts';
import type { ScanReport } from './findings/read-report.ts';
import type { GateRun } from './gate-run.ts';
import { writeDockerConfig } from './private-folder.ts';
import { type RegistryAccess, registryAccess } from './registry-access.ts';
import { listsPackages } from './reports/formats.ts';
import type { GateResult } from './reports/gate-result.ts';
import { makeTrivyCache, type ScanOptions, scan } from './scan.ts';
import { getTrivy } from './scanner/get-trivy.ts';
import { releaseOf, thisMachine } from './scanner/releases.ts';
import type { Trivy } from './scanner/run-trivy.ts';
import { trivyEnvironment } from './scanner/trivy-environment.ts';
import type { ActionRun, Settings } from './settings.ts';
import { engineTarget, localTarget } from './subject/local-subject.ts';
import { registryTarget } from './subject/registry-image.ts';
import type { ScanTarget, Subject } from './subject/subject.ts';
import { together } from './together.ts';

/** What is known once everything was looked at; what was found is in the result. */
export interface Examined {
  target: ScanTarget;
  trivy: Trivy;
}

/** Time after which no further try at a mirror of the database begins, in milliseconds. */
const mirrorBudget = 20_000;

/** Where a run keeps its files. */
export interface Folders {
  /** Private, gone after the run. */
  folder: string;
  /** For reports; it stays. */
  reports: string;
}

/**
 * Gets Trivy and its database, and scans every image, each once.
 * @throws Failure of everything that may keep it from knowing
 */
export async function examine(
  gateRun: GateRun,
  timeline: Timeline,
  { folder, reports }: Folders,
): Promise<Examined> {
  const { result, settings } = gateRun;
  const { target, trivy, cache, database } = await timeline.phase('prepare', () =>
    prepare(gateRun, folder),
  );
  const options: ScanOptions = {
    scanners: settings.scanners,
    offline: 'folder' in settings.database,
    allPackages: settings['report-formats'].some(listsPackages),
    cache,
  };
  const several = target.subjects.length > 1;
  for (const [index, subject] of target.subjects.entries()) {
    const name = several ? `scan ${subject.label ?? subject.name}` : 'scan';
    const own = several ? join(reports, folderName(subject, index)) : reports;
    await mkdir(own, { recursive: true });
    const path = join(own, 'report.json');
    const report = await timeline.phase(name, () =>
      orDiscard(database, () => scan(subject, options, trivy, path)),
    );
    checkVersion(report, settings);
    result.scanned.push({ subject, report, path });
  }
  if (settings.baseline) {
    const before = await timeline.phase('baseline', () =>
      baselinesOf(gateRun, target, (other, index) =>
        scan(other, options, trivy, join(folder, `baseline-${index}.json`)),
      ),
    );
    if (before !== undefined) result.baseline = before;
  }
  return { target, trivy };
}

// What Trivy refuses would be refused again in each run that finds it in the cache.
async function orDiscard<T>(database: Database | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure && error.code === 'gate/database') await database?.discard?.();
    throw error;
  }
}

/** A name for a folder: `linux-arm64`. */
function folderName({ label }: Subject, index: number): string {
  return label === undefined ? String(index) : label.replace(/[^\w.-]+/g, '-');
}

async function prepare({ settings, run, result }: GateRun, folder: string) {
  const { commands, env } = run;
  const wantsDatabase = settings.scanners.includes('vuln');
  return together(run.signal, async (signal, all) => {
    const access = registryAccess(settings, { commands, env, signal });
    const tools = { fetch: httpFetch, clock: systemClock, signal, say: commands.info };
    const [target, program, database] = await all([
      targetOf(settings, access, folder),
      getTrivy(wantedTrivy(settings), folder, env, tools),
      wantsDatabase ? databaseFor(settings, access, result, { ...tools, env, folder }) : undefined,
    ]);
    result.target = target;
    if (database) result.databaseUpdated = database.updated;
    const host = settings['image-source'] === 'registry' ? settings.image?.registry : undefined;
    const credentials = host ? await access.credentials(host) : undefined;
    if (host && credentials) await writeDockerConfig(folder, host, credentials);
    const source = 'folder' in settings.database ? settings.database.folder : undefined;
    const cache = await makeTrivyCache(folder, database, source);
    const trivy: Trivy = {
      program,
      folder,
      env: trivyEnvironment(env, folder, settings['image-source'] === 'docker'),
      timeout: settings.timeout,
      run: runProgram,
      clock: systemClock,
      signal: run.signal,
      quote: commands.quote,
    };
    return { target, trivy, cache, database };
  });
}

async function targetOf(
  settings: Settings,
  access: RegistryAccess,
  folder: string,
): Promise<ScanTarget> {
  const { image, input, platform } = settings;
  if (input) return localTarget(input, folder);
  if (!image) throw new Error('neither image nor input');
  if (settings['image-source'] === 'docker') return engineTarget(image);
  return registryTarget(image, platform, await access.open(image.registry));
}

function wantedTrivy(settings: Settings) {
  const given = settings['trivy-sha256'];
  const release = releaseOf(settings['trivy-version'], thisMachine());
  return {
    release: { ...release, sha256: given ?? release.sha256 ?? '' },
    given: given !== undefined,
    mirrors: settings.mirrors,
    cacheFolder: settings.cacheFolder,
  };
}

function databaseFor(
  settings: Settings,
  access: RegistryAccess,
  { warnings }: GateResult,
  {
    env,
    folder,
    say,
    signal,
  }: Pick<ActionRun, 'env' | 'signal'> & {
    folder: string;
    say(line: string): void;
  },
) {
  const { cacheFolder, database: source } = settings;
  const wanted = {
    source,
    maxAge: settings['db-max-age'],
    onStale: settings['on-stale'],
    cacheFolder,
    folder,
  };
  return getDatabase(wanted, {
    open: (host) => access.open(host, mirrorBudget),
    isTracked: (path) => isTracked(path, { run: runProgram, env, signal }),
    now: systemClock.now,
    signal,
    say,
    warn: (line) => warnings.push(line),
  });
}

// Its digest was checked, but whoever gave a digest may have mixed up two releases.
function checkVersion({ trivy }: ScanReport, settings: Settings): void {
  const wanted = settings['trivy-version'];
  if (trivy === wanted) return;
  throw Failure.of('gate/scanner-version', { wanted, got: trivy ?? 'of no known version' });
}
