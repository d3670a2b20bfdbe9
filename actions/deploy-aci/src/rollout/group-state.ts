import type { RolloutState } from '@slipway/shared/deploy/target';
import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { OperationState } from '../api/aci-api.ts';
import { Before } from './group-state-before.ts';
import { ContainerMemory } from './group-state-container.ts';
import { progressOf } from './group-state-progress.ts';
import { type Seen, Settling } from './group-state-settling.ts';
import { type GroupView, viewOf } from './group-view.ts';
import { provisioningFailure } from './provisioning-failure.ts';
import { troublesOf, type WatchedGroup } from './troubles.ts';

/** What a change is judged by. */
export interface Watched {
  readonly clock: Clock;
  /** The group as it was last read before the PUT; undefined where there was none. */
  readonly before: JsonObject | undefined;
  /** Whether it is only looked at, without a PUT: what runs already is what is judged. */
  readonly isKept?: boolean;
  /** Body of the PUT: its containers have to be there, where Azure shows fewer for a moment. */
  readonly document?: JsonObject;
  /** Milliseconds that all containers have to run without a restart. */
  readonly settle?: number;
}

/** How long Azure may show what was before a change, or nothing, in milliseconds. */
const stale = 30_000;
/** Azure gives a group up, and still tries: it may run after all. */
const givenUp = new Set(['Failed', 'Canceled']);
/** The platform moves it to another machine, which says nothing about the version. */
const moving = new Set(['Repairing', 'Unhealthy', 'Migrating']);

/**
 * Judges a container group by what is seen of it over many looks: a restart count that grows, events
 * that come, a state that stays. One for each change; what happened before that is left out.
 */
export class GroupWatch {
  readonly #clock: Clock;
  readonly #expected: GroupView;
  readonly #before: Before;
  readonly #memories = new Map<string, ContainerMemory>();
  readonly #settling: Settling;
  readonly #start: number;
  /** Whether a state was seen that is not the one from before. */
  #changed: boolean;
  #wasSeen = false;

  constructor({ before, clock, document = {}, isKept = false, settle }: Watched) {
    this.#clock = clock;
    this.#expected = viewOf(document);
    this.#before = new Before(before && viewOf(before), { isKept });
    this.#changed = before === undefined || isKept;
    const expected = this.#expected;
    this.#settling = new Settling({ clock, before: this.#before, expected, settle });
    this.#start = clock.now();
  }

  /**
   * Where the group is.
   * @param group as Azure answers it; undefined where there is none
   * @param operation what Azure says of the PUT, where that was asked: it counts where it failed
   */
  look(group: JsonObject | undefined, operation?: OperationState): RolloutState {
    const view = group && viewOf(group);
    if (!group || !view || view.provisioningState === 'Deleting') return this.#gone(view);
    this.#wasSeen = true;
    const watched = this.watched(view);
    const name = textIn(group, 'name') ?? 'with the new version';
    const failure = this.#failure(view, { watched, operation, name });
    if (failure) return { state: 'failed', failure };
    const settled = this.#settling.see(view, { watched, operation });
    if (settled === true) return { state: 'settled' };
    if (settled !== false) return { state: 'failed', failure: settled };
    return { state: 'progress', text: progressOf(view, watched) };
  }

  /** The parts of a group that the new version has to do with. */
  watched(view: GroupView): WatchedGroup {
    const restartPolicy = this.#expected.restartPolicy ?? view.restartPolicy ?? 'Always';
    const containers = view.containers.map((container) => {
      const known = this.#memories.get(container.name);
      const memory = known ?? new ContainerMemory(this.#before, container.name);
      this.#memories.set(container.name, memory);
      return memory.see(container, restartPolicy);
    });
    return { containers, events: this.#before.since('', view.events), restartPolicy };
  }

  #failure(
    view: GroupView,
    { name, operation, watched }: Seen & { name: string },
  ): Failure | undefined {
    this.#changed ||= this.#isChanged(view);
    const { provisioningState = '', state } = view;
    if (moving.has(provisioningState)) return undefined;
    const [trouble] = troublesOf(watched);
    if (trouble?.decisive) return trouble.failure;
    const now = this.#changed || this.#isLate;
    if (operation?.state === 'failed')
      return trouble?.failure ?? provisioningFailure(operation, name);
    if (givenUp.has(provisioningState) && now) {
      const code = `its state is ${provisioningState}`;
      return trouble?.failure ?? provisioningFailure({ code, message: '' }, name);
    }
    if (state === 'Failed' && now && provisioningState === 'Succeeded' && trouble) {
      return trouble.failure;
    }
    if (state === 'Stopped' && now && provisioningState === 'Succeeded') {
      return trouble?.failure ?? Failure.of('aci/stopped', { state });
    }
    return undefined;
  }

  // Azure may answer for a moment as if nothing had been asked of it.
  #isChanged({ provisioningState, state }: GroupView): boolean {
    const { provisioningState: known, state: stateBefore } = this.#before;
    return (
      (provisioningState !== undefined && provisioningState !== known) ||
      (state !== undefined && state !== stateBefore)
    );
  }

  get #isLate(): boolean {
    return this.#clock.now() - this.#start >= stale;
  }

  #gone(view: GroupView | undefined): RolloutState {
    if (!this.#wasSeen && !this.#isLate) {
      return { state: 'progress', text: 'Azure does not show the container group yet' };
    }
    const said = view ? 'it is being deleted' : 'Azure does not know it';
    return { state: 'failed', failure: Failure.of('aci/gone', { said }) };
  }
}
