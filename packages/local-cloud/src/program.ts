import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A program that was started for a test or the demo; disposing of it ends it, by its pid. */
export interface Program extends AsyncDisposable {
  pid: number;
  /** Everything it has printed so far. */
  printed(): string;
}

/**
 * Starts a program and waits until `ready` says so.
 * @param ready is asked every 50 ms for at most 20 s
 * @throws when the program ends or is not ready in time, with what it printed
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Program> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  let broken: Error | undefined;
  child.on('error', (error) => (broken = error));
  for (let look = 0; look < 400; look += 1) {
    if (broken || child.exitCode !== null) break;
    if (await ready()) {
      return {
        pid: child.pid ?? 0,
        printed: () => printed,
        [Symbol.asyncDispose]: () => end(child),
      };
    }
    await delay(50);
  }
  await end(child);
  throw new Error(`${command} did not get ready: ${broken?.message ?? printed}`);
}

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether nothing listens at a port of loopback. */
export function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
}
