import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { isRecord } from '../src/http/exchange.ts';
import { find } from '../src/registry.ts';

/** How a run of the real Trivy ended. */
export interface TrivyRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Trivy with none of this machine's settings; `home` is its home and temporary folder too. */
export async function trivy(home: string, args: readonly string[]): Promise<TrivyRun> {
  const child = spawn(find(['trivy']), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** A report, as far as it is an object. */
export type Report = Readonly<Record<string, unknown>>;

/**
 * Scans with the database in `home/db`, and asks nobody anything but the image's registry.
 * @param args scanners and source, last the image unless it is `--input`
 * @throws when Trivy does not end with 0
 */
export async function scanImage(home: string, ...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await trivy(home, [
    ...['image', '--format', 'json', '--cache-dir', home, '--cache-backend', 'memory'],
    ...['--skip-db-update', '--skip-java-db-update', '--skip-check-update', '--offline-scan'],
    ...['--skip-version-check', '--disable-telemetry', ...args],
  ]);
  if (code !== 0) throw new Error(`Trivy ended with ${code}: ${stderr}`);
  const report: unknown = JSON.parse(stdout);
  if (!isRecord(report)) throw new Error('the report is no object');
  return report;
}

/** A report without what differs from run to run, or from one registry to another. */
export function timeless(report: Report, registry: string): Report {
  const zeros = '0'.repeat(64);
  const text = JSON.stringify(
    {
      ...report,
      ReportID: '01a00000-0000-7000-8000-000000000000',
      CreatedAt: '2026-11-01T12:00:00.123456789Z',
      ArtifactID: `sha256:${zeros}`,
    },
    (name, value) => (name === 'Fingerprint' ? `sha256:${zeros}` : value),
  );
  const same: unknown = JSON.parse(text.replaceAll(registry, 'registry.example:5000'));
  if (!isRecord(same)) throw new Error('the report is no object');
  return same;
}
