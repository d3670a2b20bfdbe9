import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repository as a user of the suite has it. */
export interface UserRepository extends AsyncDisposable {
  folder: string;
  /** The bare repository that GitHub has of it. */
  bare: string;
  /** Commits everything and pushes it; returns the commit. */
  commit(message: string): Promise<string>;
  /** Goes to a commit, as if it were the last one. */
  goTo(commit: string): Promise<void>;
  /** Makes GitHub have a tag on a new commit that has another one before it; at once. */
  tagBeside(tag: string, commit: string): void;
  /** Names of the tags that GitHub has on a commit. */
  tagsOf(commit: string): Promise<string[]>;
}

/** Makes a Git repository out of a copy of a folder, with nothing that was installed in it. */
export async function makeUserRepository(
  source: string,
  files: Readonly<Record<string, string>>,
): Promise<UserRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-user-'));
  const bare = `${folder}.git`;
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
  await git('init', '--quiet', '--initial-branch=main', '--bare', bare);
  await git('remote', 'add', 'origin', 'https://github.com/octo/shop.git');
  return {
    folder,
    bare,
    async commit(message) {
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      await git('push', '--quiet', bare, 'main');
      return (await git('rev-parse', 'HEAD')).stdout.trim();
    },
    async goTo(commit) {
      await git('reset', '--quiet', '--hard', commit);
    },
    tagBeside(tag, commit) {
      const who = { name: 'Other', email: 'other@example.com' };
      const env = {
        ...process.env,
        GIT_DIR: bare,
        GIT_AUTHOR_NAME: who.name,
        GIT_AUTHOR_EMAIL: who.email,
        GIT_COMMITTER_NAME: who.name,
        GIT_COMMITTER_EMAIL: who.email,
      };
      const now = (...args: string[]) => execFileSync('git', args, { env }).toString().trim();
      const made = now('commit-tree', '-p', commit, '-m', 'fix: beside', `${commit}^{tree}`);
      now('tag', tag, made);
    },
    async tagsOf(commit) {
      const { stdout } = await git('--git-dir', bare, 'tag', '--points-at', commit);
      return stdout.split('\n').filter((tag) => tag !== '');
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      await rm(bare, { recursive: true, force: true });
    },
  };
}
