import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { LogLine } from './serve.ts';

/**
 * Runs a file of `src` as its own process, the way the image does. A process that is still there
 * at the end of the test is killed.
 *
 * @param file for example `server.ts`
 * @param env its whole environment
 */
export function run(file: string, env: Readonly<Record<string, string>>, ...args: string[]) {
  const path = new URL(`../src/${file}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close').then(([code]): unknown => code);
  const stderr = text(child.stderr);
  const output = createInterface(child.stdout)[Symbol.asyncIterator]();

  return {
    pid: child.pid,
    stderr,
    /** The exit code, once the process is gone. */
    exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Reads log lines up to the first one with this message; fails when there is none. */
    async log(message: string): Promise<LogLine> {
      for (;;) {
        const { value, done } = await output.next();
        if (done === true) throw new Error(`no log line "${message}"; stderr: ${await stderr}`);
        const line: LogLine = JSON.parse(value);
        if (line.msg === message) return line;
      }
    },
    /** What it has written since the last log line that was read, up to its end. */
    async rest(): Promise<string> {
      let rest = '';
      for (;;) {
        const { value, done } = await output.next();
        if (done === true) return rest;
        rest += `${value}\n`;
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
