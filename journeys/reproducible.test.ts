import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { root } from './root.ts';

const run = promisify(execFile);

it('builds the same release tree, byte for byte, in another folder', async () => {
  const other = join(await mkdtemp(join(tmpdir(), 'slipway-another-')), 'a much longer name');
  try {
    await copySources(other);
    const env = { ...process.env, pnpm_config_pm_on_fail: 'ignore' };
    await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline'], { cwd: other, env });
    await run(join(other, 'scripts/build'), [], { cwd: other });
    await run(process.execPath, [join(other, 'scripts/release-tree.ts')]);
    const sums = (folder: string) => readFile(join(folder, 'out/release/SHA256SUMS'), 'utf8');
    expect(await sums(other)).toBe(await sums(root));
  } finally {
    await rm(dirname(other), { recursive: true, force: true });
  }
}, 120_000);

// What a clone would have, with the changes that are not committed yet.
async function copySources(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
  });
  for (const name of stdout.split('\0').filter((name) => name !== '')) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await cp(join(root, name), join(folder, name)).catch((error) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await run('git', ['init', '--quiet'], { cwd: folder });
}
