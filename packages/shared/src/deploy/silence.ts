import { messageOf } from '../failure/failure.ts';
import type { Clock } from '../time/clock.ts';
import { formatDuration } from '../time/duration.ts';
import type { RolloutState } from './target.ts';

/** How long a platform may give no usable answer before that is a failure, in milliseconds. */
const longest = 120_000;

/**
 * Looks at a rollout, also while the platform gives no usable answer for a while: what serves does not
 * depend on whether it answers this job.
 */
export class Silence {
  readonly #clock: Clock;
  readonly #isUnanswered: (error: unknown) => boolean;
  #since: number | undefined;

  /** @param isUnanswered whether an error says only that there was no usable answer */
  constructor(clock: Clock, isUnanswered: (error: unknown) => boolean) {
    this.#clock = clock;
    this.#isUnanswered = isUnanswered;
  }

  /** @throws what `look` throws, if it is something else or goes on for too long */
  async bear(look: () => Promise<RolloutState>, signal: AbortSignal): Promise<RolloutState> {
    try {
      const state = await look();
      this.#since = undefined;
      return state;
    } catch (error) {
      if (!this.#isUnanswered(error) || signal.aborted) throw error;
      this.#since ??= this.#clock.now();
      const silence = this.#clock.now() - this.#since;
      if (silence > longest) throw error;
      return { state: 'progress', text: `for ${formatDuration(silence)}: ${messageOf(error)}` };
    }
  }
}
