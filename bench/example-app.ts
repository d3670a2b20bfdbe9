import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pushExampleApp } from '../packages/local-cloud/src/app-image.ts';
import { startExampleContainer } from '../packages/local-cloud/src/example-container.ts';
import { freePort } from '../packages/local-cloud/src/program.ts';
import { keptStorage, startRegistry } from '../packages/local-cloud/src/registry.ts';
import { median, type Row } from './measure.ts';
import { cpuSeconds, sendRequests } from './requests.ts';

const bars = { ratio: 0.7, readyMs: 1000, megabytes: 140 };
const path = '/api/info';
const [rounds, batch] = [24, 1_500];
const parts = ['Express', 'no ETag', 'headers', 'id and metrics', 'logs', 'rate limit'];
const app = join(import.meta.dirname, '../example-app/src/server.ts');
const noLimit = '1000000000';

/** What the example app costs: by request against bare Express, and as an image. */
export async function exampleApp(): Promise<Row[]> {
  return [await costOfRequest(), ...(await asImage())];
}

/**
 * CPU and not time, which is that of everything on the machine. All servers run side by side and are asked
 * in turn, in many short rounds: what else the machine does changes slowly, and costs all of a round alike.
 */
async function costOfRequest(): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const log = openSync(join(folder, 'log'), 'w'); // as an app's lines go to a file or a pipe
  const program = join(import.meta.dirname, 'express-parts.ts');
  const servers: Server[] = [];
  try {
    for (const number of parts.keys()) {
      const port = await freePort();
      servers.push(await serve(port, [program, String(port), String(number)], log));
    }
    servers.push(await serve(await freePort(), [app], log));
    const costs: number[][] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const micros: number[] = [];
      for (const { pid, port } of servers) {
        const before = cpuSeconds(pid);
        await sendRequests(port, path, batch);
        micros.push(((cpuSeconds(pid) - before) / batch) * 1e6);
      }
      if (round > 0) costs.push(micros); // the first one compiles
    }
    return rowOf(costs);
  } finally {
    for (const server of servers) await server.stop();
    closeSync(log);
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param costs of each round, of each server, µs of CPU a request */
function rowOf(costs: readonly (readonly number[])[]): Row {
  const middle = (of: (micros: readonly number[]) => number) => median(costs.map(of));
  const at = (micros: readonly number[], server: number) => micros.at(server) ?? Number.NaN;
  const added = [...parts.slice(1), 'the rest'].map((part, before) => {
    const cost = middle((micros) => at(micros, before + 1) - at(micros, before));
    return `${part} ${cost < 0 ? '−' : '+'}${Math.abs(cost).toFixed(0)}`;
  });
  const ratio = middle((micros) => at(micros, 0) / at(micros, -1));
  const [bare, whole] = [middle((micros) => at(micros, 0)), middle((micros) => at(micros, -1))];
  return {
    what: `example-app: CPU of ${path}, bare Express by the app`,
    measured: `${ratio.toFixed(2)} (${bare.toFixed(0)} µs; ${added.join(', ')}; ${whole.toFixed(0)} µs)`,
    bar: `≥ ${bars.ratio}`,
    held: ratio >= bars.ratio,
  };
}

interface Server {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

async function serve(port: number, args: readonly string[], log: number): Promise<Server> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', log, 'inherit'],
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      RATE_LIMIT: noLimit,
    },
  });
  const gone = once(child, 'exit');
  const url = `http://127.0.0.1:${port}${path}`;
  while (
    !(await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended`);
    await delay(20);
  }
  const stop = async () => {
    child.kill();
    await gone;
  };
  return { pid: child.pid ?? 0, port, stop };
}

async function asImage(): Promise<Row[]> {
  await using registry = await startRegistry(undefined, keptStorage());
  const image = await pushExampleApp(registry.host, 'c'.repeat(40));
  const ready: number[] = [];
  for (let start = 0; start < 5; start += 1) {
    await using container = await startExampleContainer(image);
    ready.push(container.readyAfterMs);
  }
  const bytes = await memoryAfter(image, 100_000);
  const added = (sizeOf(image) - sizeOf('node:24-bookworm-slim')) / 1e6;
  return [
    {
      what: 'example-app: ready after its start, in its container',
      measured: `${median(ready).toFixed(0)} ms`,
      bar: `≤ ${bars.readyMs} ms`,
      held: median(ready) <= bars.readyMs,
    },
    {
      what: 'example-app: memory after 100,000 requests, in 256 MB',
      measured: `${(bytes / 1e6).toFixed(0)} MB`,
      bar: `≤ ${bars.megabytes} MB`,
      held: bytes <= bars.megabytes * 1e6,
    },
    {
      what: 'example-app: what its image adds to that of Node',
      measured: `${added.toFixed(0)} MB`,
      bar: '≤ 40 MB',
      held: added <= 40,
    },
  ];
}

/** In the container: its limit decides how much memory the heap takes. */
async function memoryAfter(image: string, requests: number): Promise<number> {
  await using container = await startExampleContainer(image);
  await sendRequests(container.port, path, requests);
  const url = `http://127.0.0.1:${container.port}/api/metrics`;
  const metrics = await (await fetch(url)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}

function sizeOf(image: string): number {
  const args = ['image', 'inspect', '--format', '{{.Size}}', image];
  return Number(execFileSync('docker', args, { encoding: 'utf8' }));
}
