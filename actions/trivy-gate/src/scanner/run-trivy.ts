import type { RunProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import type { Program } from './get-trivy.ts';
import { saidBy } from './said.ts';

/** A Trivy that was checked, and how to run it. */
export interface Trivy {
  program: Program;
  /** Private folder it works in: it finds no trivy.yaml and no .trivyignore there. */
  folder: string;
  env: Readonly<Record<string, string>>;
  /** Longest time for one run, in milliseconds. */
  timeout: number;
  run: RunProgram;
  clock: Clock;
  signal: AbortSignal;
  /** Gets what Trivy says, line by line. */
  quote(line: string): void;
}

/**
 * Runs Trivy to its end.
 * @throws Failure `gate/scanner-hash`, `gate/scanner-failed`, `gate/scanner-killed`,
 *   `gate/scanner-timeout`, `gate/no-space`, `gate/database`; the reason of the signal
 */
export async function runTrivy(trivy: Trivy, args: readonly string[]): Promise<void> {
  const { clock, env, folder, program, quote, timeout } = trivy;
  try {
    await program.check();
    const ended = await deadline(clock, timeout, trivy.signal, (signal) =>
      trivy.run(program.path, args, { env, cwd: folder, signal, onLine: quote }),
    );
    if (ended.signal) throw Failure.of('gate/scanner-killed', { signal: ended.signal });
    if (ended.code !== 0) throw failed(String(ended.code), ended.stderr);
  } catch (error) {
    if (error instanceof TimeoutReached) {
      throw Failure.of('gate/scanner-timeout', { timeout: formatDuration(timeout) }, error);
    }
    if (error instanceof Error && 'code' in error && 'syscall' in error) {
      throw Failure.of('gate/scanner-failed', { code: 'no start', said: error.message }, error);
    }
    throw error;
  }
}

function failed(code: string, stderr: string): Failure {
  const said = saidBy(stderr);
  if (/no space left on device|disk quota exceeded/i.test(stderr)) {
    return Failure.of('gate/no-space', { what: 'scan' }, new Error(said));
  }
  if (/\bDB error\b|vulnerability database|database error|db corrupted/i.test(said)) {
    return Failure.of('gate/database', { said });
  }
  return Failure.of('gate/scanner-failed', { code: `code ${code}`, said });
}
