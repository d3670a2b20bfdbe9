import { join } from 'node:path';
import type { Run } from '@slipway/shared/action/run';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { formatReference, repositoryName } from '@slipway/shared/image/reference';
import { systemClock } from '@slipway/shared/time/clock';
import type { Timeline } from '@slipway/shared/time/timeline';
import type { Answer } from './answer/answer.ts';
import { listsPackages } from './answer/formats.ts';
import { fetchAttachedReport } from './attached-report.ts';
import { readBaseline } from './baseline-report.ts';
import { getDatabase } from './database/get-database.ts';
import type { Finding } from './findings/finding.ts';
import type { ScanReport } from './findings/read-report.ts';
import type { manifest } from './manifest.ts';
import { writeDockerConfig } from './private-folder.ts';
import { type RegistryAccess, registryAccess } from './registry-access.ts';
import { makeTrivyCache, type ScanOptions, scan } from './scan.ts';
import { getTrivy } from './scanner/get-trivy.ts';
import { releaseOf, thisMachine } from './scanner/releases.ts';
import type { Trivy } from './scanner/run-trivy.ts';
import { trivyEnvironment } from './scanner/trivy-environment.ts';
import type { Settings } from './settings.ts';
import { bindReport } from './subject/bind.ts';
import { engineImage, localSubject } from './subject/local-subject.ts';
import { registryImage } from './subject/registry-image.ts';
import type { Subject } from './subject/subject.ts';
import { together } from './together.ts';

type ActionRun = Run<typeof manifest>;

/** What is known once everything was looked at. */
export interface Examined {
  subject: Subject;
  trivy: Trivy;
  report: ScanReport;
  /** The JSON report. */
  path: string;
  baseline: readonly Finding[] | undefined;
}

/** Time after which no further try at a mirror of the database begins, in milliseconds. */
const mirrorBudget = 20_000;

/**
 * Gets Trivy and its database, and scans, each once.
 * @param folder private folder, gone after the run
 * @param reports folder for reports, which stays
 * @throws Failure of everything that may keep it from knowing
 */
export async function examine(
  settings: Settings,
  run: ActionRun,
  answer: Answer,
  timeline: Timeline,
  folder: string,
  reports: string,
): Promise<Examined> {
  const { subject, trivy, cache } = await timeline.phase('prepare', () =>
    prepare(settings, run, answer, folder),
  );
  const options: ScanOptions = {
    scanners: settings.scanners,
    offline: 'folder' in settings.database,
    allPackages: settings['report-formats'].some(listsPackages),
  };
  const path = join(reports, 'report.json');
  const report = await timeline.phase('scan', () => scan(subject, options, trivy, cache, path));
  answer.report = report;
  checkVersion(report, settings);
  const before =
    settings.baseline &&
    (await timeline.phase('baseline', () =>
      baselineOf(settings, run, subject, answer, folder, (other) =>
        scan(other, options, trivy, cache, join(reports, 'baseline.json')),
      ),
    ));
  if (before) answer.baseline = before.name;
  return { subject, trivy, report, path, baseline: before?.findings };
}

async function prepare(settings: Settings, run: ActionRun, answer: Answer, folder: string) {
  const { commands, env } = run;
  const wantsDatabase = settings.scanners.includes('vuln');
  return together(run.signal, async (signal, all) => {
    const access = registryAccess(settings, { commands, env, signal });
    const means = { fetch: httpFetch, clock: systemClock, signal, say: commands.info };
    const [subject, program, database] = await all([
      subjectOf(settings, access),
      getTrivy(wantedTrivy(settings), folder, env, means),
      wantsDatabase ? databaseFor(settings, access, answer, means) : undefined,
    ]);
    answer.subject = subject;
    if (database) answer.databaseUpdated = database.updated;
    const host = settings['image-source'] === 'registry' ? settings.image?.registry : undefined;
    const credentials = host ? await access.credentials(host) : undefined;
    if (host && credentials) await writeDockerConfig(folder, host, credentials);
    const cache = await makeTrivyCache(
      folder,
      database,
      join(settings.cacheFolder, 'trivy-java-db'),
    );
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
    return { subject, trivy, cache };
  });
}

async function subjectOf(settings: Settings, access: RegistryAccess): Promise<Subject> {
  const { image, input, platform } = settings;
  if (input) return localSubject(input);
  if (!image) throw new Error('neither image nor input');
  if (settings['image-source'] === 'docker') return engineImage(image);
  return registryImage(image, platform, await access.open(image.registry));
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
  { warnings }: Answer,
  { say, signal }: { say(line: string): void; signal: AbortSignal },
) {
  const { cacheFolder, database: source } = settings;
  const wanted = {
    source,
    maxAge: settings['db-max-age'],
    onStale: settings['on-stale'],
    cacheFolder,
  };
  return getDatabase(wanted, {
    open: (host) => access.open(host, mirrorBudget),
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

/** A baseline that is an image: its attached report, else what a scan says about it today. */
async function baselineOf(
  settings: Settings,
  run: ActionRun,
  { repository }: Subject,
  { warnings }: Answer,
  folder: string,
  scanOther: (subject: Subject) => Promise<ScanReport>,
): Promise<{ name: string; findings: readonly Finding[] } | undefined> {
  const { baseline } = settings;
  if (!baseline) return undefined;
  if (baseline.kind === 'file') {
    const report = await readBaseline(baseline.path, baseline.shown, repository);
    return { name: baseline.shown, findings: report.findings };
  }
  const name = formatReference(baseline.image);
  const of = repositoryName(baseline.image);
  if (of !== repository) {
    const image = repository ?? '';
    throw Failure.of('gate/baseline-image', { baseline: name, of, image });
  }
  const registry = await registryAccess(settings, run).open(baseline.image.registry);
  const other = await registryImage(baseline.image, settings.platform, registry).catch(
    (error: unknown) => {
      const gone = error instanceof Failure && error.code === 'image/not-found';
      // Before the first deployment there is no tag yet; a digest that is not there is a mistake.
      if (gone && !baseline.image.digest) return undefined;
      throw error;
    },
  );
  if (!other) {
    warnings.push(`There is no baseline ${name} yet: every finding counts as new.`);
    return undefined;
  }
  const [, digest = ''] = other.repoDigest?.split('@') ?? [];
  const path = join(folder, 'baseline.json');
  if (await fetchAttachedReport(registry, baseline.image.repository, digest, path)) {
    const shown = `${other.name} (attached report)`;
    const report = await readBaseline(path, shown, repository);
    bindReport(report, other);
    return { name: shown, findings: report.findings };
  }
  const report = await scanOther(other);
  return { name: other.name, findings: report.findings };
}
