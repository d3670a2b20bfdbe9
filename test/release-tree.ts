import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');

/** Writes `out/release` of a checkout that is built; for all journeys of a run. */
export default async function writeReleaseTree(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'scripts/release-tree.ts')]);
}
