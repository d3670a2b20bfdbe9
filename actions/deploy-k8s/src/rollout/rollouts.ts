import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import type { RolloutState } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { ObjectName } from '../api/kubernetes-api.ts';
import { isWorkload, type Prepared, type WantedObject } from '../workload/prepared.ts';
import type { RolloutWatch } from './rollout-watch.ts';

/** Starts to follow one change, for as long as the signal does not abort. */
export type Follow = (
  change: { name: ObjectName; written: JsonObject },
  signal: AbortSignal,
) => Promise<RolloutWatch>;

/**
 * The rollouts that a run follows. They are followed for longer than the phase that began them: while
 * the new version is baked, and diagnosed.
 */
export class Rollouts {
  readonly #follow: Follow;
  readonly #over = new AbortController();
  #watches: RolloutWatch[] = [];

  constructor(follow: Follow) {
    this.#follow = follow;
  }

  /** Those that are followed now. */
  get watches(): readonly RolloutWatch[] {
    return this.#watches;
  }

  /** Follows one change, which the caller ends himself. */
  one(
    change: { name: ObjectName; written: JsonObject },
    signal: AbortSignal,
  ): Promise<RolloutWatch> {
    return unlessAborted(this.#follow(change, this.#over.signal), signal);
  }

  /** Follows the workload that got the image, and then the others that were written. */
  async all(
    { main, objects }: Pick<Prepared, 'main' | 'objects'>,
    written: ReadonlyMap<WantedObject, JsonObject>,
    signal: AbortSignal,
  ): Promise<readonly RolloutWatch[]> {
    const others = objects.filter(isWorkload).filter((one) => one !== main && written.has(one));
    const watches: RolloutWatch[] = [];
    for (const wanted of [main, ...others]) {
      const stored = written.get(wanted) ?? wanted.live;
      if (!stored) continue;
      const watch = await this.one({ name: wanted.name, written: stored }, signal);
      this.#watches.push(watch);
      watches.push(watch);
    }
    return watches;
  }

  async end(): Promise<void> {
    await Promise.all(this.#watches.splice(0).map((watch) => watch[Symbol.asyncDispose]()));
  }

  /** Ends everything that was begun, by {@link one} too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    this.#over.abort();
  }
}

/** One state of several rollouts: a failure of one is that of all, and all have to settle. */
export function together(states: readonly RolloutState[]): RolloutState {
  const failed = states.find(({ state }) => state === 'failed');
  const moving = states.find(({ state }) => state === 'progress');
  return failed ?? moving ?? { state: 'settled' };
}
