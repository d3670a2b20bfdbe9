import { mkdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from './database/metadata.ts';
import { readReport, type ScanReport } from './findings/read-report.ts';
import { runTrivy, type Trivy } from './scanner/run-trivy.ts';
import { bindReport } from './subject/bind.ts';
import type { Subject } from './subject/subject.ts';

/** How to scan. */
export interface ScanOptions {
  scanners: readonly string[];
  /** Nothing may be fetched besides the image. */
  offline: boolean;
  /** The report is converted later, which needs all packages in it. */
  allPackages: boolean;
  /** Folder of {@link makeTrivyCache}. */
  cache: string;
}

/**
 * Makes the cache folder of this run: what Trivy expects there. Its database for Java, which Trivy
 * itself fetches when it finds an archive of Java, is not kept between runs: nobody could tell who
 * wrote what lies in a cache.
 * @param source folder of the user's own that has the databases; undefined where mirrors have them
 */
export async function makeTrivyCache(
  folder: string,
  database: Database | undefined,
  source: string | undefined,
): Promise<string> {
  const cache = join(folder, 'cache');
  await mkdir(cache, { recursive: true });
  const java = source === undefined ? undefined : join(source, 'java-db');
  if (java !== undefined && (await isFolder(java))) {
    await symlink(java, join(cache, 'java-db'), 'junction');
  }
  if (database) await symlink(database.folder, join(cache, 'db'), 'junction');
  return cache;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Scans once, to JSON, with an exit code that only tells whether Trivy worked.
 * @param path where the report goes
 * @throws Failure `gate/scanner-*`, `gate/report*`, `gate/other-image`
 */
export async function scan(
  subject: Subject,
  { allPackages, cache, offline, scanners }: ScanOptions,
  trivy: Trivy,
  path: string,
): Promise<ScanReport> {
  const [command = '', ...target] = subject.args;
  await runTrivy(trivy, [
    command,
    ...['--format', 'json', '--output', path, '--exit-code', '0'],
    ...['--scanners', scanners.join(',')],
    ...['--cache-dir', cache, '--cache-backend', 'memory'],
    ...['--skip-db-update', '--skip-check-update', '--skip-version-check', '--disable-telemetry'],
    '--no-progress',
    ...['--timeout', `${Math.ceil(trivy.timeout / 1_000) + 60}s`],
    ...(offline ? ['--offline-scan', '--skip-java-db-update'] : []),
    ...(allPackages ? ['--list-all-pkgs'] : []),
    ...(command === 'image' ? imageConfig(scanners) : []),
    ...target,
  ]);
  const report = await readReport(path, "Trivy's report");
  bindReport(report, subject);
  return report;
}

// The environment and the commands of an image may have secrets and mistakes in them too.
function imageConfig(scanners: readonly string[]): string[] {
  const both = scanners.filter((scanner) => scanner === 'misconfig' || scanner === 'secret');
  return both.length > 0 ? ['--image-config-scanners', both.join(',')] : [];
}
