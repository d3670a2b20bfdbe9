import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

/** Runs git in a folder, without any setting of this machine, and returns what it printed. */
export function git(folder: string, ...args: string[]): string {
  return gitReading('', folder, ...args);
}

/** {@link git} with something on its standard input. */
export function gitReading(input: string, folder: string, ...args: string[]): string {
  const more = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...more, ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    input,
    stdio: 'pipe',
  }).trim();
}

/** Makes a repository, bare or with a work tree. */
export function makeRepository(folder: string, ...options: string[]): string {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', ...options);
  return folder;
}

/** Writes files and commits everything; the id of the commit. */
export function commit(folder: string, files: Readonly<Record<string, string>> = {}): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'a change');
  return git(folder, 'rev-parse', 'HEAD');
}
