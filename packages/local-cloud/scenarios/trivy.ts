import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { find } from '../src/registry.ts';

/** How a run of the real Trivy ended. */
export interface TrivyRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Flags that keep Trivy from asking anyone anything but the database's registry. */
export const quiet = [
  '--skip-java-db-update',
  '--skip-check-update',
  '--offline-scan',
  '--skip-version-check',
  '--disable-telemetry',
  '--no-progress',
] as const;

/** Runs Trivy with nothing of this machine's settings but PATH, and HOME as its temporary folder. */
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
