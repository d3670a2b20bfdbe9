import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a git gets besides its arguments. */
interface GitOptions {
  /** On standard input. */
  input?: string;
  env?: Readonly<Record<string, string>>;
}

/** Runs git in a folder, with its errors on the terminal. @returns what it printed, as bytes */
export function gitBytes(
  folder: string,
  args: readonly string[],
  { input = '', env = {} }: GitOptions = {},
): Buffer {
  return execFileSync('git', args, {
    cwd: folder,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', ...env },
    input,
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The same for one text. */
export function git(folder: string, args: readonly string[], options?: GitOptions): string {
  return gitBytes(folder, args, options).toString('utf8').trim();
}

/**
 * Puts a folder into a repository as it is: no ignored file is left out, no line end is changed.
 * @returns id of the tree
 */
export function writeTree(repository: string, folder: string): string {
  const place = mkdtempSync(join(tmpdir(), 'slipway-index-'));
  const env = { GIT_INDEX_FILE: join(place, 'index') };
  const config = ['-c', 'core.autocrlf=false', '-c', 'core.fileMode=true'];
  try {
    git(repository, [...config, `--work-tree=${folder}`, 'add', '--all', '--force', '--', folder], {
      env,
    });
    return git(repository, ['write-tree'], { env });
  } finally {
    rmSync(place, { recursive: true });
  }
}
