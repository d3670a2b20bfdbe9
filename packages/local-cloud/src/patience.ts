import { spawn } from 'node:child_process';

/** What a bare Node takes from start to end on a quiet machine, in milliseconds. */
const quiet = 60;

/**
 * A limit for what waits for other programs, on this machine at this moment: on a busy one a bare
 * Node takes longer to start and to end, and so does everything else.
 * @param ms the limit on a quiet machine, in milliseconds
 */
export async function patience(ms: number): Promise<number> {
  const start = performance.now();
  await new Promise((resolve, reject) => {
    spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
      .on('error', reject)
      .on('close', resolve);
  });
  return ms * Math.max(1, (performance.now() - start) / quiet);
}
