import { writeSync } from 'node:fs';

const mostTries = 200;

/**
 * Writes to standard output at once. Not by `process.stdout`: making that stream takes 5 ms, a fifth
 * of what bare node needs to start. A reader that is slow is waited for, one that is gone is not.
 */
export function writeOut(text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < mostTries; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
      tries += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
