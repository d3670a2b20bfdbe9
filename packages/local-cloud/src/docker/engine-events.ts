import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { docker, lines } from '../hosts/docker.ts';
import { isRecord } from '../http/exchange.ts';

/** What the engine says of a container. */
export type EngineEvent = { kind: 'died'; exitCode: number } | { kind: 'health'; healthy: boolean };

/** The events of the containers of one runtime. */
export interface EngineEvents extends AsyncDisposable {
  /** Label that each container must have: `key=value`. */
  label: string;
  /** Tells what happens to a container from now on, by its name. */
  on(container: string, tell: (event: EngineEvent) => void): void;
  /** Names of the containers that there are. */
  containers(): Promise<string[]>;
}

/** Listens to the Docker engine for one `vendor`. When disposed of, all containers with the label are removed. */
export async function startEvents(vendor: string): Promise<EngineEvents> {
  const label = `slipway.${vendor}=${randomBytes(6).toString('hex')}`;
  const listeners = new Map<string, (event: EngineEvent) => void>();
  // Events since then are replayed, so none is lost while the program connects.
  const since = `${Math.floor(Date.now() / 1_000)}`;
  const child = spawn(
    'docker',
    ['events', '--since', since, '--filter', `label=${label}`, '--format', '{{json .}}'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('close', resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { container, event } = read(line);
    if (event) listeners.get(container)?.(event);
  });
  const containers = async () =>
    lines(await docker(['ps', '-a', '--filter', `label=${label}`, '--format', '{{.Names}}']));
  return {
    label,
    on: (container, tell) => listeners.set(container, tell),
    containers,
    async [Symbol.asyncDispose]() {
      listeners.clear();
      child.kill('SIGTERM');
      await ended;
      // One that is being removed already cannot be removed again.
      for (let look = 0; look < 20; look += 1) {
        const left = await containers();
        if (left.length === 0) return;
        await docker(['rm', '-f', '-v', ...left]).catch(() => undefined);
      }
    },
  };
}

function read(line: string): { container: string; event?: EngineEvent } {
  const value: unknown = JSON.parse(line);
  const actor = isRecord(value) && isRecord(value['Actor']) ? value['Actor'] : {};
  const attributes = isRecord(actor['Attributes']) ? actor['Attributes'] : {};
  const container = String(attributes['name'] ?? '');
  const action = isRecord(value) ? String(value['Action'] ?? '') : '';
  if (action === 'die') {
    return { container, event: { kind: 'died', exitCode: Number(attributes['exitCode']) } };
  }
  const health = /^health_status: (\w+)$/.exec(action)?.[1];
  if (health === undefined) return { container };
  return { container, event: { kind: 'health', healthy: health === 'healthy' } };
}
