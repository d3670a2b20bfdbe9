import { Failure } from '@slipway/shared/failure/failure';
import type { EventView } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import { ContainerMemory, type SeenContainer } from './container-memory.ts';
import { containerTroubles } from './container-troubles.ts';
import { countText } from './pod-failure.ts';
import { podTroubles } from './pod-troubles.ts';
import { rowOf } from './table.ts';
import { decides, type Rules, type Trouble } from './trouble.ts';

/** A look at the pods of a revision. */
export interface PodsLook {
  readonly pods: readonly PodView[];
  /** By uid of what they are about, each list newest first. */
  readonly events: ReadonlyMap<string, readonly EventView[]>;
  /** About the workload itself, such as pods that were refused. */
  readonly troubles: readonly Trouble[];
  /** By our clock. */
  readonly now: number;
  /** By the server's clock. */
  readonly serverNow: number;
  /** Whether one pod of many that fails ends the rollout: it may be its node. */
  readonly oneDecides: boolean;
  /** Whether they are to run for ever; if not, what they belong to counts how often they may fail. */
  readonly serves: boolean;
}

/** So long one pod alone may fail while others of its revision are ready, in milliseconds. */
const aloneFor = 60_000;

/** Remembers what the pods of a revision did over many looks, and what is against it. */
export class PodsMemory {
  readonly #began: number;
  readonly #rules: Rules;
  readonly #pods = new Map<string, PodMemory>();
  /** When each trouble that is there now was first seen, by our clock. */
  #since = new Map<string, number>();
  /** When each trouble became decisive. */
  #decisive = new Map<string, number>();
  #troubles: readonly Trouble[] = [];

  /** @param began of the rollout, in milliseconds by the server's clock */
  constructor(began: number, rules: Rules) {
    this.#began = began;
    this.#rules = rules;
  }

  /** What is against the revision, the worst first. */
  get troubles(): readonly Trouble[] {
    return this.#troubles;
  }

  /** @returns the trouble that ends the rollout, where there is one */
  see(look: PodsLook): Trouble | undefined {
    const troubles = [...look.troubles];
    const counts = ({ row }: Trouble) => look.serves || row.kind !== 'crash';
    for (const pod of look.pods) {
      const known = this.#pods.get(pod.uid);
      const memory = known ?? new PodMemory((pod.created ?? this.#began) < this.#began);
      this.#pods.set(pod.uid, memory);
      const found = memory.see(pod, look.events.get(pod.uid) ?? [], look.serverNow);
      troubles.push(...found.filter(counts));
    }
    const decisive = this.#sort(troubles, look.now);
    return decisive.find((trouble) => this.#counts(trouble, decisive, look));
  }

  /** Whether nothing of a pod crashes, and what has no readiness probe has run for a moment. */
  isCalm(pod: PodView): boolean {
    if (!this.#pods.get(pod.uid)?.isSteady) return false;
    return !this.#troubles.some(
      (trouble) => trouble.pod?.uid === pod.uid && trouble.row.kind !== 'probe',
    );
  }

  /** The rollout has settled: a crash from now on is one of a version that seemed well. */
  settle(pods: readonly PodView[]): void {
    for (const pod of pods) this.#pods.get(pod.uid)?.settle(pod);
  }

  #sort(troubles: readonly Trouble[], now: number): readonly Trouble[] {
    const since = new Map<string, number>();
    const decisive = new Map<string, number>();
    const [worst, rest]: [Trouble[], Trouble[]] = [[], []];
    for (const trouble of troubles) {
      const key = keyOf(trouble);
      const first = this.#since.get(key) ?? now;
      since.set(key, first);
      if (decides(trouble, now - first, this.#rules)) {
        decisive.set(key, this.#decisive.get(key) ?? now);
        worst.push(trouble);
      } else rest.push(trouble);
    }
    this.#since = since;
    this.#decisive = decisive;
    const isSaid = ({ row }: Trouble) => row.reasons.includes('ContainersNotReady');
    rest.sort((a, b) => Number(isSaid(a)) - Number(isSaid(b)));
    this.#troubles = [...worst, ...rest];
    return worst;
  }

  #counts(trouble: Trouble, all: readonly Trouble[], look: PodsLook): boolean {
    const { pod, proven, row } = trouble;
    if (look.oneDecides || proven || pod === undefined) return true;
    const others = look.pods.filter(
      ({ isGoing, isReady, uid }) => uid !== pod.uid && isReady && !isGoing,
    );
    if (others.length === 0) return true;
    // Its replacement, or another one, fails as well.
    if (all.some((one) => one.row.kind === row.kind && one.pod && one.pod.uid !== pod.uid))
      return true;
    return look.now - (this.#decisive.get(keyOf(trouble)) ?? look.now) >= aloneFor;
  }
}

function keyOf({ container, pod, row }: Trouble): string {
  return `${pod?.uid ?? ''} ${container} ${row.reasons[0]} ${row.when}`;
}

/** Remembers one pod. */
class PodMemory {
  readonly #isOld: boolean;
  readonly #containers = new Map<string, ContainerMemory>();
  #isSteady = false;
  #wasReady = false;
  #exits = 0;
  #flaps = 0;

  constructor(isOld: boolean) {
    this.#isOld = isOld;
  }

  get isSteady(): boolean {
    return this.#isSteady;
  }

  see(pod: PodView, events: readonly EventView[], now: number): readonly Trouble[] {
    const place = { pod, events, now };
    const containers = pod.containers.map((container) =>
      this.#of(container.name).see(container, events, now),
    );
    const found = [
      ...(pod.isGoing || pod.isOver
        ? []
        : containers.flatMap((one) => containerTroubles(one, place))),
      ...podTroubles(place),
    ];
    this.#seeReady(pod, containers);
    this.#isSteady = containers.every(({ isSteady }) => isSteady);
    return this.#flaps > 0 && !pod.isGoing ? [...found, ...this.#flapping(pod, found)] : found;
  }

  settle(pod: PodView): void {
    for (const container of pod.containers) this.#of(container.name).prove(container);
  }

  // What crashes is not ready either, which is no flapping.
  #seeReady({ isGoing, isOver, isReady }: PodView, containers: readonly SeenContainer[]): void {
    const exits = containers.reduce((sum, one) => sum + one.exits, 0);
    if (this.#wasReady && !isReady && !isGoing && !isOver && exits === this.#exits)
      this.#flaps += 1;
    this.#wasReady = isReady;
    this.#exits = exits;
  }

  #flapping(pod: PodView, found: readonly Trouble[]): readonly Trouble[] {
    const row = rowOf('ContainersNotReady', 'flapping');
    if (!row || pod.isReady) return [];
    const why = found.find((one) => one.row.kind === 'probe')?.row.cause ?? row.cause;
    const count = countText(this.#flaps);
    return [
      {
        row,
        seen: ['ContainersNotReady', 'Unhealthy'],
        pod,
        container: '',
        text: () => `it was ready ${count}, and is not any more`,
        times: this.#flaps,
        wasWell: false,
        proven: false,
        isDue: false,
        failure: () => Failure.of('k8s/flapping', { pod: `Pod ${pod.name}`, count, why }),
      },
    ];
  }

  #of(name: string): ContainerMemory {
    const known = this.#containers.get(name);
    const memory = known ?? new ContainerMemory(this.#isOld);
    this.#containers.set(name, memory);
    return memory;
  }
}
