import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.ts';

const run = promisify(execFile);

/** This suite in a repository of its own, built, as its maintainer has it. */
export interface SuiteRepository extends AsyncDisposable {
  /** A folder for everything; it has `checkout`, and room for more. */
  folder: string;
  checkout: string;
  /** The bare repository that GitHub has of it. */
  bare: string;
  /** Runs git in the checkout. */
  git(...args: string[]): Promise<string>;
  /** Commits what is tracked, and pushes it; returns the commit. */
  commit(message: string): Promise<string>;
}

/**
 * Copies what a clone of this checkout would have, with the changes that are not committed yet, and
 * beside it what was built here: a build there finds nothing to do.
 */
export async function makeSuiteRepository(): Promise<SuiteRepository> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-suite-'));
  const checkout = join(folder, 'a much longer name');
  const bare = join(folder, 'actions.git');
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=Main Tainer', '-c', 'user.email=main@example.com'];
    return (await run('git', [...who, ...args], { cwd: checkout })).stdout.trim();
  };
  await copySources(checkout);
  await git('init', '--quiet', '--initial-branch=main');
  await git('init', '--quiet', '--initial-branch=main', '--bare', bare);
  await git('remote', 'add', 'origin', 'https://github.com/org/actions.git');
  await git('add', '--all');
  await copyBuilt(checkout);
  return {
    folder,
    checkout,
    bare,
    git,
    async commit(message) {
      await git('commit', '--quiet', '--all', '--message', message);
      await git('push', '--quiet', bare, 'main');
      return git('rev-parse', 'HEAD');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Gives a version its entry, as its maintainer does before the release. */
export function addToChangelog({ checkout }: SuiteRepository, version: string): Promise<void> {
  return appendFile(join(checkout, 'CHANGELOG.md'), `\n## [${version}] - 2026-11-21\n`);
}

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
}

async function copyBuilt(folder: string): Promise<void> {
  for (const name of await readdir(join(root, 'actions'))) {
    const dist = join('actions', name, 'dist');
    await cp(join(root, dist), join(folder, dist), { recursive: true });
  }
  await mkdir(join(folder, 'out'));
  await cp(join(root, 'out/built'), join(folder, 'out/built'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
}
