import type { ContainerRun, ContainerView, GroupView } from './group-view.ts';
import { type GroupEvent, timeOf } from './group-view-events.ts';

/**
 * What a container group was before it was written, to tell what it did since from what it did then.
 * All of that goes by the times of Azure, and none by ours.
 */
export class Before {
  readonly #view: GroupView | undefined;
  readonly #containers: ReadonlyMap<string, ContainerView>;
  readonly #events = new Map<string, GroupEvent>();
  /** The last thing that happened before. */
  readonly #mark: number;
  /** Whether nothing is written, so that what ran before is what is judged. */
  readonly isKept: boolean;

  /** @param view undefined where there was none */
  constructor(view: GroupView | undefined, { isKept = false } = {}) {
    this.#view = view;
    this.isKept = isKept;
    const containers = view?.containers ?? [];
    this.#containers = new Map(containers.map((one) => [one.name, one]));
    const all: (readonly [string, readonly GroupEvent[]])[] = [
      ...containers.map((one) => [one.name, one.events] as const),
      ['', view?.events ?? []],
    ];
    let mark = Number.NEGATIVE_INFINITY;
    for (const [place, events] of all) {
      for (const event of events) {
        this.#know(keyOf(place, event), event);
        mark = Math.max(mark, timeOf(event));
      }
    }
    this.#mark = mark;
  }

  // Without times, two that are alike cannot be told apart: what came later than both is new.
  #know(key: string, event: GroupEvent): void {
    const known = this.#events.get(key) ?? event;
    const later = timeOf(known) > timeOf(event) ? known : event;
    this.#events.set(key, { ...later, count: Math.max(known.count, event.count) });
  }

  get provisioningState(): string | undefined {
    return this.#view?.provisioningState;
  }

  get state(): string | undefined {
    return this.#view?.state;
  }

  container(name: string): ContainerView | undefined {
    return this.#containers.get(name);
  }

  /** Whether a container did not run before as it should: what it does then looks like what is new. */
  wasIll(name: string): boolean {
    const container = this.#containers.get(name);
    if (this.isKept || !container) return false;
    const { detail, restartCount = 0, state } = container;
    const runs = state === 'Running' || (state === undefined && detail === '');
    return !runs || restartCount > 0;
  }

  /** Whether a container never got as far as running. */
  neverRan(name: string): boolean {
    const { previous, restartCount = 0, startTime } = this.#containers.get(name) ?? {};
    return startTime === undefined && previous === undefined && restartCount === 0;
  }

  /**
   * The events that happened since.
   * @param place name of a container; empty for the group itself
   */
  since(place: string, events: readonly GroupEvent[]): readonly GroupEvent[] {
    return events.flatMap((event) => {
      const known = this.#events.get(keyOf(place, event));
      const more = event.count - (known?.count ?? 0);
      // With a newer time, a count that fell is that of another container of the same name.
      if (known && more <= 0 && timeOf(event) <= timeOf(known)) return [];
      if (timeOf(event) < this.#mark && hasTime(event)) return [];
      return [more > 0 ? { ...event, count: more } : event];
    });
  }

  /** Whether a run of a container began since; undefined where Azure does not say when it did. */
  isNew(name: string, { finishTime, startTime }: ContainerRun): boolean | undefined {
    const container = this.#containers.get(name);
    if (!container) return true;
    const { previous } = container;
    if (this.isKept) {
      const over = [container, previous].map((run) => run?.finishTime);
      return finishTime === undefined || !over.includes(finishTime);
    }
    if (startTime === undefined) return undefined;
    const known = [container.startTime, container.finishTime, previous?.finishTime];
    const times = known.filter((time) => time !== undefined);
    if (times.length === 0) return undefined;
    const last = Math.max(...times);
    // Azure has no parts of a second: a run that ended may be followed by one in the same second.
    return startTime > last || (startTime === last && startTime !== container.startTime);
  }
}

// Azure counts on in an event that comes again, or shows another one with times of its own.
function keyOf(place: string, { first, message, name }: GroupEvent): string {
  return `${place}\n${first}\n${name}\n${message}`;
}

function hasTime(event: GroupEvent): boolean {
  return timeOf(event) !== Number.NEGATIVE_INFINITY;
}
