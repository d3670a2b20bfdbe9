import { spawn } from 'node:child_process';

/** A row of the table that the benchmark prints. */
export interface Row {
  what: string;
  /** The figure, with its unit. */
  measured: string;
  bar: string;
  /** Undefined when it could not be measured here. */
  held: boolean | undefined;
}

/** Runs a program to its end, without its output. Returns milliseconds. */
export function timed(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; expect?: number } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, [...args], {
      stdio: 'ignore',
      env: options.env,
      cwd: options.cwd,
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      const ms = performance.now() - start;
      if (code === (options.expect ?? 0)) resolve(ms);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}

/** Takes two things in turn, A B A B …, as the speed of a machine drifts; one round is not counted. */
export async function inTurn(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<Array<{ a: number; b: number }>> {
  const pairs: Array<{ a: number; b: number }> = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = { a: await a(), b: await b() };
    if (round > 0) pairs.push(pair);
  }
  return pairs;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
