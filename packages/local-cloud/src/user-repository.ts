import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repository as a user of the suite has it. */
export interface UserRepository extends AsyncDisposable {
  folder: string;
  /** Commits everything; returns the commit. */
  commit(message: string): Promise<string>;
}

/** Makes a Git repository out of a copy of a folder, with nothing that was installed in it. */
export async function makeUserRepository(
  source: string,
  files: Readonly<Record<string, string>>,
): Promise<UserRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-user-'));
  await cp(source, folder, {
    recursive: true,
    filter: (path) => !['node_modules', 'coverage'].includes(basename(path)),
  });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', ...args], {
      cwd: folder,
    });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', 'https://github.com/octo/shop.git');
  return {
    folder,
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      return (await git('rev-parse', 'HEAD')).stdout.trim();
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
