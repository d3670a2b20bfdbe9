import { createHash } from 'node:crypto';
import type { Cancel, Timeline } from '../../../timeline.ts';
import { Addresses } from '../addresses.ts';
import type { VolumeBody } from '../body.ts';
import { Doors } from '../doors.ts';
import type {
  AciRuntime,
  ContainerEvent,
  ContainerOrder,
  GroupOrder,
  ImageVerdict,
  ProbeOrder,
  Pulled,
} from '../runtime.ts';
import { atPace, type Script, scripts } from './script.ts';

/** Which containers a script is for: a part of their image, or what one says of it. */
export type Which = string | ((container: ContainerOrder) => boolean);

/** Environment variable of a container with the name of one of the {@link scripts}. */
const behaviour = 'LOCAL_CLOUD_BEHAVIOUR';
/** Between SIGTERM and SIGKILL. */
const grace = 30_000;

interface Running {
  since: number;
  plans: Cancel[];
  tell: (event: ContainerEvent) => void;
  stopping: boolean;
}

/**
 * Runs containers on the timeline alone: nothing is started, every container follows a script. Where it
 * `listens`, groups have real addresses of loopback, at which containers answer over HTTP by their scripts.
 */
export class VirtualRuntime implements AciRuntime, AsyncDisposable {
  readonly #timeline: Timeline;
  readonly #pace: number;
  readonly #scripts: { which: Which; script: Script }[] = [];
  readonly #running = new Map<string, Running>();
  readonly #runs = new Map<string, number>();
  readonly #mounts = new Map<string, string>();
  readonly #addresses = new Map<string, string>();
  #given = 0;
  readonly #real: Addresses | undefined;
  /** The ports that take traffic. */
  readonly doors = new Doors();
  readonly #open = new Set<string>();

  /** @param pace of the scripts by name; 1 is that of a small image */
  constructor(timeline: Timeline, pace = 1, listens = false) {
    this.#timeline = timeline;
    this.#pace = pace;
    this.#real = listens ? new Addresses() : undefined;
  }

  /** From now on these containers behave so; what was said last counts. */
  behave(which: Which, script: Script): void {
    this.#scripts.unshift({ which, script });
  }

  /** A volume cannot be mounted, for this reason; undefined: from now on it can. */
  failMount(volume: string, problem: string | undefined): void {
    if (problem === undefined) this.#mounts.delete(volume);
    else this.#mounts.set(volume, problem);
  }

  /** Containers that take traffic now: `group/container`. */
  serving(): string[] {
    return [...this.#open].sort();
  }

  inspect(image: string): Promise<ImageVerdict> {
    const found = this.#scripts.find(
      ({ which }) => typeof which === 'string' && image.includes(which),
    );
    return Promise.resolve(found?.script.image ?? 'accessible');
  }

  addressOf({ uid }: GroupOrder): string {
    if (this.#real) return this.#real.of(uid);
    const known = this.#addresses.get(uid);
    if (known !== undefined) return known;
    this.#given += 1;
    const address = `20.0.0.${this.#given}`;
    this.#addresses.set(uid, address);
    return address;
  }

  mount(_group: GroupOrder, { name }: VolumeBody, tell: (problem?: string) => void): void {
    this.#timeline.after(1_000 * this.#pace, () => tell(this.#mounts.get(name)));
  }

  pull(container: ContainerOrder, tell: (pulled: Pulled) => void): void {
    const { pull = 0, pullFails } = this.#scriptOf(container);
    this.#timeline.after(pull, () =>
      tell(
        pullFails === undefined ? { digest: digestOf(container.image) } : { problem: pullFails },
      ),
    );
  }

  start(container: ContainerOrder, tell: (event: ContainerEvent) => void): void {
    const { exit, logs = [], start = 0, startFails } = this.#scriptOf(container);
    const { key } = container;
    this.#timeline.after(start, () => {
      if (startFails !== undefined) {
        tell({ kind: 'failed', reason: startFails });
        return;
      }
      const running: Running = { since: this.#timeline.time, plans: [], tell, stopping: false };
      this.#running.set(key, running);
      const run = (this.#runs.get(key) ?? 0) + 1;
      this.#runs.set(key, run);
      tell({ kind: 'started' });
      const plan = (ms: number, then: () => void) => {
        if (Number.isFinite(ms)) running.plans.push(this.#timeline.after(ms, then));
      };
      for (const { after, line } of logs) plan(after, () => tell({ kind: 'log', line }));
      if (exit && run <= (exit.times ?? Number.POSITIVE_INFINITY)) {
        plan(exit.after, () => this.#exit(container, exit));
      }
    });
  }

  stop(container: ContainerOrder): void {
    const running = this.#running.get(container.key);
    if (!running || running.stopping) return;
    running.stopping = true;
    for (const cancel of running.plans.splice(0)) cancel();
    const { term = { after: 0, code: 0 } } = this.#scriptOf(container);
    const killed = term.after > grace * this.#pace;
    const wait = killed ? grace * this.#pace : term.after;
    this.#timeline.after(wait, () => this.#exit(container, { code: killed ? 137 : term.code }));
  }

  probe(container: ContainerOrder, { kind }: ProbeOrder, tell: (problem?: string) => void): void {
    const running = this.#running.get(container.key);
    if (!running) return;
    const { live = Number.POSITIVE_INFINITY, ready = 0 } = this.#scriptOf(container);
    const ran = this.#timeline.time - running.since;
    const good = kind === 'liveness' ? ran < live : ready !== 'never' && ran >= ready;
    tell(good ? undefined : 'HTTP probe failed with statuscode: 503');
  }

  serve(container: ContainerOrder, open: boolean): void {
    const { group, image, name, properties } = container;
    if (open) this.#open.add(`${group.name}/${name}`);
    else this.#open.delete(`${group.name}/${name}`);
    if (!this.#real) return;
    const address = this.#real.of(group.uid);
    for (const { port } of properties.ports ?? []) {
      if (!group.ports.includes(port)) continue;
      if (open) {
        const answer = () => ({ status: 200, body: image, ...this.#scriptOf(container).answer });
        this.doors.open(address, port, { answer });
      } else this.doors.close(address, port);
    }
  }

  remove({ name, uid }: GroupOrder): void {
    this.#addresses.delete(uid);
    this.doors.closeAll(this.#real?.of(uid) ?? '');
    this.#real?.release(uid);
    for (const [key, { plans }] of this.#running) {
      if (!key.startsWith(`${uid}/`)) continue;
      for (const cancel of plans) cancel();
      this.#running.delete(key);
    }
    for (const open of this.#open) if (open.startsWith(`${name}/`)) this.#open.delete(open);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.doors[Symbol.asyncDispose]();
  }

  #exit({ key }: ContainerOrder, { code, reason }: { code: number; reason?: string }): void {
    const running = this.#running.get(key);
    if (!running) return;
    this.#running.delete(key);
    for (const cancel of running.plans.splice(0)) cancel();
    running.tell({ kind: 'exited', exitCode: code, ...(reason !== undefined && { reason }) });
  }

  #scriptOf(container: ContainerOrder): Script {
    const found = this.#scripts.find(({ which }) =>
      typeof which === 'string' ? container.image.includes(which) : which(container),
    );
    if (found) return found.script;
    const named = Object.entries(scripts).find(
      ([name]) => name === container.environment[behaviour],
    );
    return atPace(named?.[1] ?? scripts.healthy, this.#pace);
  }
}

function digestOf(image: string): string {
  const pinned = /@(?<digest>sha256:[0-9a-f]{64})$/.exec(image)?.groups?.['digest'];
  return pinned ?? `sha256:${createHash('sha256').update(image).digest('hex')}`;
}
