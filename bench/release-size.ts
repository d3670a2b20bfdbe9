import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Row } from './measure.ts';

const root = join(import.meta.dirname, '..');
const bar = 3_000_000;

/** Bytes that a runner downloads for the whole suite: the release tree as one tar.gz. */
export async function releaseSize(): Promise<Row[]> {
  execFileSync(process.execPath, [join(root, 'scripts/release-tree.ts')]);
  const tarball = execFileSync('tar', ['-czf', '-', '-C', join(root, 'out/release'), '.'], {
    maxBuffer: 1 << 28,
  });
  return [
    {
      what: 'release tree as one tar.gz',
      measured: `${(tarball.length / 1_000_000).toFixed(2)} MB`,
      bar: '≤ 3 MB',
      held: tarball.length <= bar,
    },
  ];
}
