import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

/** What git does not take from the machine it runs on. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** Git ended with a status that was not expected. */
export class GitError extends Error {
  readonly code: number | null;
  /** What it printed about the failure. */
  readonly complaint: string;

  constructor(args: readonly string[], code: number | null, complaint: string) {
    super(`git ${args[0]} ended with ${code}: ${complaint}`);
    this.code = code;
    this.complaint = complaint;
  }
}

/**
 * Runs one git command in a repository.
 * @param folder the bare repository
 * @param input what it reads from stdin
 * @returns what it printed
 * @throws GitError when it does not end with 0
 */
export async function git(
  folder: string,
  args: readonly string[],
  input?: string | Buffer,
): Promise<Buffer> {
  const child = spawn('git', ['--git-dir', folder, ...args], { env: gitEnvironment });
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const [code, printed, complaint] = await Promise.all([
    ended,
    buffer(child.stdout),
    text(child.stderr),
  ]);
  if (code !== 0) throw new GitError(args, code, complaint.trim());
  return printed;
}

/** Runs git and returns its lines without the last line feed. */
export async function gitLines(folder: string, args: readonly string[]): Promise<string[]> {
  const printed = (await git(folder, args)).toString('utf8');
  return printed === '' ? [] : printed.replace(/\n$/, '').split('\n');
}
