import { type EngineEvents, startEvents } from '../../../docker/engine-events.ts';
import { saidBy } from '../../../docker/said.ts';
import { Addresses } from '../addresses.ts';
import { Doors } from '../doors.ts';
import type { AciRuntime, ContainerEvent, ContainerOrder, GroupOrder } from '../runtime.ts';
import { prefixOf, removeContainers, startKeeper } from './containers.ts';
import { DockerContainer } from './docker-container.ts';
import { inspectImage, pullImage } from './images.ts';
import { askProbe } from './probe.ts';
import { Volumes } from './volumes.ts';

/** The containers of the emulated ACI as real ones, each group at an address of loopback. */
export interface DockerAciRuntime extends AciRuntime, AsyncDisposable {
  /** Containers that there are now, running or not. */
  containers(): Promise<string[]>;
}

/**
 * Starts a runtime on this machine's Docker engine. Everything it makes has a label of its own and is
 * gone once it is disposed of.
 * @param shares that there are in Azure Files: `account/share`
 */
export async function startDockerAci(shares: readonly string[] = []): Promise<DockerAciRuntime> {
  await using started = new AsyncDisposableStack();
  const volumes = started.use(await Volumes.open(shares));
  const events = started.use(await startEvents('aci'));
  const runtime = new Runtime(events, volumes);
  started.defer(() => runtime.close());
  const all = started.move();
  return Object.assign(runtime, { [Symbol.asyncDispose]: () => all.disposeAsync() });
}

class Runtime implements AciRuntime {
  readonly #events: EngineEvents;
  readonly #volumes: Volumes;
  readonly #addresses = new Addresses();
  /** Where the ports of a round of a group are on this machine. */
  readonly #ports = new Map<string, Promise<Map<number, number>>>();
  readonly #runs = new Map<string, { container: DockerContainer; count: number }>();
  readonly #doors = new Doors();

  constructor(events: EngineEvents, volumes: Volumes) {
    this.#events = events;
    this.#volumes = volumes;
  }

  containers(): Promise<string[]> {
    return this.#events.containers();
  }

  readonly inspect = inspectImage;

  addressOf({ uid }: GroupOrder): string {
    return this.#addresses.of(uid);
  }

  mount(...[group, volume, tell]: Parameters<AciRuntime['mount']>): void {
    this.#volumes.mount(group, volume).then(tell, (error: unknown) => tell(saidBy(error)));
  }

  pull(...[{ group, image }, tell]: Parameters<AciRuntime['pull']>): void {
    pullImage(image, group.credentials).then(tell, () => undefined);
  }

  start(order: ContainerOrder, tell: (event: ContainerEvent) => void): void {
    const { group, key, name } = order;
    const count = (this.#runs.get(key)?.count ?? 0) + 1;
    const container = new DockerContainer(
      `${prefixOf(group)}-${name}-${count}`,
      order,
      tell,
      this.#events,
    );
    this.#runs.set(key, { container, count });
    const mounts = group.volumes.map(
      (volume) => [volume.name, this.#volumes.folderOf(group, volume)] as const,
    );
    container.run(this.#portsOf(group), new Map(mounts));
  }

  stop({ key }: ContainerOrder): void {
    this.#runs.get(key)?.container.stop();
  }

  probe(...[order, probe, tell]: Parameters<AciRuntime['probe']>): void {
    const container = this.#runs.get(order.key)?.container.name ?? '';
    const ask = async () => {
      const ports = await this.#portsOf(order.group);
      return askProbe(probe, { container, portOf: (port) => ports.get(port) });
    };
    ask().then(tell, (error: unknown) => tell(saidBy(error)));
  }

  serve({ group, properties }: ContainerOrder, open: boolean): void {
    const address = this.addressOf(group);
    for (const { port } of properties.ports ?? []) {
      if (!group.ports.includes(port)) continue;
      const at = async () => (await this.#portsOf(group)).get(port) ?? 0;
      if (open) this.#doors.open(address, port, { port: at });
      else this.#doors.close(address, port);
    }
  }

  remove(group: GroupOrder): void {
    this.#abandon(`${group.uid}/`);
    this.#doors.closeAll(this.addressOf(group));
    this.#addresses.release(group.uid);
    this.#ports.delete(prefixOf(group));
    removeContainers(this.#events.label, group).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#abandon('');
    await this.#doors[Symbol.asyncDispose]();
  }

  #abandon(prefix: string): void {
    for (const [key, { container }] of this.#runs) if (key.startsWith(prefix)) container.abandon();
  }

  #portsOf(group: GroupOrder): Promise<Map<number, number>> {
    const key = prefixOf(group);
    const known = this.#ports.get(key);
    if (known) return known;
    const { label } = this.#events;
    // What ran before has ended; its network goes too.
    const ports = removeContainers(label, group, 'this round').then(() =>
      startKeeper(group, label, group.listens),
    );
    ports.catch(() => undefined);
    this.#ports.set(key, ports);
    return ports;
  }
}
