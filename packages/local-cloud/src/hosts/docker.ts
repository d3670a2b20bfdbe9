import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Runs the docker command of this machine.
 * @param input what it reads on stdin
 * @returns what it printed on stdout
 * @throws when it ends with anything but 0, with what it printed on stderr
 */
export async function docker(args: readonly string[], input?: string | Buffer): Promise<string> {
  const call = run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 });
  call.child.stdin?.on('error', () => undefined); // It may end before it has read everything.
  call.child.stdin?.end(input);
  const { stdout } = await call;
  return stdout;
}

/** The lines of a text, without empty ones. */
export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
