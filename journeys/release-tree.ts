import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = join(import.meta.dirname, '..');

/** Writes `out/release` of a checkout that is built. */
export async function writeReleaseTree(checkout = root): Promise<void> {
  await run(process.execPath, [join(checkout, 'scripts/release-tree.ts')]);
}
