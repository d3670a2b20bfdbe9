import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const docker = async (...args: string[]) => (await run('docker', args)).stdout.trim();

/** A container of the example app that may as little as its compose.yaml allows; disposing of it removes it. */
export interface ExampleContainer extends AsyncDisposable {
  readonly port: number;
  /** From the start of its process to the first answer that it is ready, in milliseconds. */
  readonly readyAfterMs: number;
  /** What Node says to an expression, in a process beside the app. */
  evaluate(expression: string, ...flags: string[]): Promise<string>;
  /** Stops it as a deployment does. Returns the exit code. */
  stop(): Promise<number>;
}

/** Starts an image of the example app with 256 MB, a read-only root and no capability; waits until it is ready. */
export async function startExampleContainer(
  image: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ExampleContainer> {
  const may = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  const limits = ['--memory', '256m', '--memory-swap', '256m', '--pids-limit', '100'];
  const settings = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const id = await docker(
    ...['run', '--detach', '--publish', '127.0.0.1::3000', ...may, ...limits, ...settings, image],
  );
  const remove = async () => {
    await docker('rm', '--force', '--volumes', id);
  };
  try {
    const port = Number((await docker('port', id, '3000/tcp')).split(':').at(-1));
    await untilReady(port, () => docker('logs', id));
    const readyAt = Date.now();
    const startedAt = await docker('inspect', '--format', '{{.State.StartedAt}}', id);
    return {
      port,
      readyAfterMs: readyAt - Date.parse(startedAt),
      evaluate: (expression, ...flags) =>
        docker('exec', id, 'node', ...flags, '--print', expression),
      stop: async () => {
        await docker('stop', id);
        return Number(await docker('inspect', '--format', '{{.State.ExitCode}}', id));
      },
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function untilReady(port: number, log: () => Promise<string>): Promise<void> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const ready = await fetch(`http://127.0.0.1:${port}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await delay(10);
  }
  throw new Error(`the example app is not ready after 30 s; its log: ${await log()}`);
}
