import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { EngineEvent, EngineEvents } from '../../docker/engine-events.ts';
import { saidBy } from '../../docker/said.ts';
import { docker } from '../../hosts/docker.ts';
import type { ContainerOrder, TaskEvent, TaskOrder } from '../ecs/runtime.ts';
import { createArguments } from './container-arguments.ts';
import { pull } from './pull.ts';

/** One task: its containers share a network, as in mode awsvpc. */
export class DockerTask {
  readonly #order: TaskOrder;
  readonly #tell: (event: TaskEvent) => void;
  readonly #events: EngineEvents;
  readonly #logs = new Map<string, { child: ChildProcess; ended: Promise<unknown> }>();
  readonly #ports = new Map<number, string>();
  readonly #running = new Set<string>();
  /** Resolves once all containers have started, or one could not. */
  #started = Promise.resolve();
  #stopping = false;
  /** Nothing is told any more. */
  #over = false;

  constructor(order: TaskOrder, tell: (event: TaskEvent) => void, events: EngineEvents) {
    this.#order = order;
    this.#tell = (event) => {
      if (!this.#over) tell(event);
    };
    this.#events = events;
  }

  /** Starts the containers; what comes of it is told. */
  run(): void {
    this.#started = this.#start().catch((error: unknown) =>
      this.#failed(`CannotStartContainerError: ${saidBy(error)}`),
    );
  }

  /** `127.0.0.1:port` at which a port of the task answers; undefined while it does not run. */
  addressOf(_container: string, port: number): string | undefined {
    return this.#ports.get(port);
  }

  /** SIGTERM, and SIGKILL after the stop timeout of each container. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const { name, stopTimeout } of this.#order.containers) {
      if (!this.#running.has(name)) continue;
      const seconds = `${Math.ceil(stopTimeout / 1_000)}`;
      docker(['stop', '-t', seconds, this.#nameOf(name)]).catch(() => undefined);
    }
  }

  /** Nobody listens any more. */
  abandon(): void {
    this.#over = true;
    for (const { child } of this.#logs.values()) child.kill('SIGTERM');
  }

  async #start(): Promise<void> {
    const { containers } = this.#order;
    this.#tell({ kind: 'pulling' });
    const digests: Record<string, string> = {};
    for (const { image, name } of containers) {
      const pulled = await pull(image);
      if ('reason' in pulled) return this.#failed(pulled.reason, name);
      digests[name] = pulled.digest;
    }
    this.#tell({ kind: 'pulled', digests });
    const [first] = containers;
    for (const container of containers) {
      await docker(this.#createArguments(container, first));
      this.#events.on(this.#nameOf(container.name), (event) => this.#happened(container, event));
    }
    if (this.#stopping || this.#over) return this.#ended();
    for (const { name } of containers) {
      this.#running.add(name);
      await docker(['start', this.#nameOf(name)]);
      this.#follow(name);
    }
    if (first) await this.#findPorts(first.name);
    this.#tell({ kind: 'running' });
    // Asked to stop while it started.
    if (this.#stopping) {
      this.#stopping = false;
      this.stop();
    }
  }

  #createArguments(container: ContainerOrder, first: ContainerOrder | undefined): string[] {
    const own = container === first;
    const ports = this.#order.containers.flatMap((one) => one.ports);
    return createArguments(container, {
      name: this.#nameOf(container.name),
      label: this.#events.label,
      definition: this.#order.definition,
      network: own ? { publish: [...new Set(ports)] } : { shared: this.#nameOf(first?.name ?? '') },
    });
  }

  #nameOf(container: string): string {
    return `ecs-${this.#order.id}-${container}`;
  }

  async #findPorts(first: string): Promise<void> {
    const format = '{{json .NetworkSettings.Ports}}';
    const said = await docker(['inspect', '--format', format, this.#nameOf(first)]);
    const ports: Record<string, { HostPort: string }[] | null> = JSON.parse(said) ?? {};
    for (const [port, bound] of Object.entries(ports)) {
      const host = bound?.[0]?.HostPort;
      if (host !== undefined) this.#ports.set(Number(port.split('/')[0]), `127.0.0.1:${host}`);
    }
  }

  #follow(name: string): void {
    const child = spawn('docker', ['logs', '-f', this.#nameOf(name)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (message) =>
        this.#tell({ kind: 'log', container: name, message }),
      );
    }
    child.once('error', () => undefined);
    const ended = new Promise((resolve) => child.once('close', resolve));
    this.#logs.set(name, { child, ended });
  }

  #happened({ name, essential }: ContainerOrder, event: EngineEvent): void {
    if (event.kind === 'health') {
      this.#tell({ kind: 'health', container: name, healthy: event.healthy });
      return;
    }
    this.#died(name, event.exitCode).then(
      () => {
        if (essential) this.stop();
        if (this.#running.size === 0) this.#ended();
      },
      (error: unknown) => this.#failed(saidBy(error), name),
    );
  }

  // Its start and its last lines are told before its end.
  async #died(name: string, exitCode: number): Promise<void> {
    await this.#started;
    const [oom] = await Promise.all([
      docker(['inspect', '--format', '{{.State.OOMKilled}}', this.#nameOf(name)]).catch(() => ''),
      this.#logs.get(name)?.ended,
    ]);
    const killed = oom.trim() === 'true';
    this.#tell({
      kind: 'exited',
      container: name,
      exitCode,
      ...(killed && { reason: 'OutOfMemoryError: Container killed due to memory usage' }),
    });
    this.#running.delete(name);
  }

  #failed(reason: string, container?: string): void {
    this.#tell({ kind: 'failed', reason, ...(container !== undefined && { container }) });
    this.#end();
  }

  #ended(): void {
    this.#tell({ kind: 'stopped' });
    this.#end();
  }

  #end(): void {
    this.#over = true;
    this.#ports.clear();
    const names = this.#order.containers.map(({ name }) => this.#nameOf(name));
    docker(['rm', '-f', '-v', ...names]).catch(() => undefined);
  }
}
