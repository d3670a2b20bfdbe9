import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { EngineEvents } from '../../../docker/engine-events.ts';
import { saidBy } from '../../../docker/said.ts';
import { docker } from '../../../hosts/docker.ts';
import type { ContainerEvent, ContainerOrder } from '../runtime.ts';
import { createArguments } from './containers.ts';

/** Seconds between SIGTERM and SIGKILL. */
const grace = '5';

/** One run of a container, from its start to its exit. */
export class DockerContainer {
  readonly name: string;
  readonly #order: ContainerOrder;
  readonly #tell: (event: ContainerEvent) => void;
  readonly #events: EngineEvents;
  #started: Promise<unknown> = Promise.resolve();
  #logsEnded: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(
    name: string,
    order: ContainerOrder,
    tell: (event: ContainerEvent) => void,
    events: EngineEvents,
  ) {
    this.name = name;
    this.#order = order;
    this.#events = events;
    this.#tell = (event) => {
      if (!this.#over) tell(event);
    };
  }

  /** @param ready what has to be there before: the network of the group */
  run(ready: Promise<unknown>, mounts: ReadonlyMap<string, string>): void {
    this.#started = this.#start(ready, mounts).catch((error: unknown) => {
      this.#tell({ kind: 'failed', reason: saidBy(error) });
      this.#over = true;
    });
  }

  stop(): void {
    this.#started.then(() => docker(['stop', '-t', grace, this.name])).catch(() => undefined);
  }

  /** Nobody listens any more. */
  abandon(): void {
    this.#over = true;
  }

  async #start(ready: Promise<unknown>, mounts: ReadonlyMap<string, string>): Promise<void> {
    await ready;
    const { name } = this;
    await docker(createArguments(this.#order, { name, label: this.#events.label, mounts }));
    this.#events.on(name, (event) => {
      if (event.kind === 'died') this.#died(event.exitCode).catch(() => undefined);
    });
    await docker(['start', name]);
    this.#follow();
    this.#tell({ kind: 'started' });
  }

  #follow(): void {
    const child = spawn('docker', ['logs', '-f', this.name], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => this.#tell({ kind: 'log', line }));
    }
    child.once('error', () => undefined);
    this.#logsEnded = new Promise((resolve) => child.once('close', resolve));
  }

  // Its start and its last lines are told before its end.
  async #died(exitCode: number): Promise<void> {
    await this.#started;
    const [killed] = await Promise.all([
      docker(['inspect', '--format', '{{.State.OOMKilled}}', this.name]).catch(() => ''),
      this.#logsEnded,
    ]);
    const reason = killed.trim() === 'true' ? { reason: 'OOMKilled' } : {};
    this.#tell({ kind: 'exited', exitCode, ...reason });
    this.#over = true;
  }
}
