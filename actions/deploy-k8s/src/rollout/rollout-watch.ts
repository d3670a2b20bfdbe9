import type { Evidence, RolloutState } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';

/** Follows the rollout of one revision of one workload. */
export interface RolloutWatch extends AsyncDisposable {
  /**
   * Judges what is known by now. Asks nothing, so it may be called as often as one likes.
   * @throws Failure why the cluster can be followed no more
   */
  look(): RolloutState;
  /** The pods of this revision that are there now and not on their way out, ready or not. */
  pods(): readonly JsonObject[];
  /** All pods of this revision that are known, those that go or are over included. */
  allPods(): readonly JsonObject[];
  /** Why it failed, or does not get on: states, events, last log lines. Reads only. */
  diagnose(signal: AbortSignal): Promise<Evidence>;
}
