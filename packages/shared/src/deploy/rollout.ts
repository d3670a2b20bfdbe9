import { Failure } from '../failure/failure.ts';
import { BackOff } from '../time/back-off.ts';
import type { Clock } from '../time/clock.ts';
import { deadline } from '../time/deadline.ts';
import { defaultPace, jittered } from '../time/poll.ts';
import type { Timeline } from '../time/timeline.ts';
import { type Direction, type PlanFacts, type Proof, type Target, Throttled } from './target.ts';

/** What a rollout needs besides its target; times in milliseconds. */
export interface RolloutTools {
  clock: Clock;
  timeline: Timeline;
  /** From apply to proof, for each step and for the rollback. */
  timeout: number;
  /** A line for the log, of the platform's words. */
  quote(line: string): void;
}

/** One change: how it is made, and what it is called. */
export interface ChangeRequest<Change> {
  direction: Direction;
  /** Name of the step, for the timeline; empty where there is only one. */
  step: string;
  /** Milliseconds that the platform itself waits in it, on top of the time limit. */
  waits?: number;
  signal: AbortSignal;
  make(signal: AbortSignal): Promise<Change>;
}

/** How long the app has for an answer while it bakes: one bad answer is no verdict. */
const bakeProofLimit = 30_000;
/** Between two looks, however often the platform refuses: hundreds may share its limit. */
const longestPause = 30_000;

/**
 * Makes changes and sees each to its proof: apply, then look until it has settled, then prove, while
 * the looks go on, so that what crashes during the proof has failed at once. A rollback is
 * watched and proven by the same lines.
 */
export class Rollout<Plan extends PlanFacts, Change> {
  readonly #target: Target<Plan, Change>;
  readonly #tools: RolloutTools;
  #said = '';
  /** What the platform's throttling asks for, from one change to the next. */
  readonly #backOff: BackOff;

  constructor(target: Target<Plan, Change>, tools: RolloutTools) {
    this.#target = target;
    this.#tools = tools;
    this.#backOff = new BackOff({ first: this.#pace.first * 2, most: longestPause });
  }

  /** @throws Failure what is wrong with the change; the signal's reason; TimeoutReached */
  run(request: ChangeRequest<Change>): Promise<{ change: Change; proof: Proof }> {
    const { clock, timeline, timeout } = this.#tools;
    const { direction, make, waits = 0 } = request;
    const [applying, watching, proving] = phasesOf(request);
    return deadline(clock, timeout + waits, request.signal, (within) =>
      honest(within, async () => {
        const change = await timeline.phase(applying, () => make(within));
        await timeline.phase(watching, () => this.#watch(change, within));
        const proof = await timeline.phase(proving, () =>
          this.#guarded(change, within, (guarded) =>
            this.#target.prove(change, direction, guarded),
          ),
        );
        return { change, proof };
      }),
    );
  }

  /** Looks and asks again for some time; returns the last proof. */
  bake(change: Change, ms: number, signal: AbortSignal): Promise<Proof> {
    const { clock, timeline } = this.#tools;
    const end = clock.now() + ms;
    const proofs = async (within: AbortSignal): Promise<Proof> => {
      for (;;) {
        const left = end - clock.now();
        if (left > 0) await clock.sleep(Math.min(this.#pace.most, left), within);
        const proof = await deadline(clock, bakeProofLimit, within, (asked) =>
          this.#target.prove(change, 'forward', asked),
        );
        if (clock.now() >= end) return proof;
      }
    };
    return timeline.phase('bake', () =>
      honest(signal, () => this.#guarded(change, signal, proofs)),
    );
  }

  get #pace() {
    return this.#target.pace ?? defaultPace;
  }

  async #watch(change: Change, signal: AbortSignal): Promise<void> {
    for (let pause = this.#pace.first; ; pause = Math.min(pause * 1.3, this.#pace.most)) {
      if (await this.#look(change, signal)) return;
      await this.#pause(pause, signal);
    }
  }

  // The work, while the looks go on: what they find ends it.
  async #guarded(
    change: Change,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Proof>,
  ): Promise<Proof> {
    const over = new AbortController();
    const within = AbortSignal.any([signal, over.signal]);
    const proof = work(within);
    const guard = this.#guard(change, within).catch((error: unknown) => {
      // When the time is up, the proof knows best what was missing.
      if (within.aborted) return proof;
      throw error;
    });
    try {
      return await Promise.race([proof, guard]);
    } finally {
      over.abort();
      await Promise.allSettled([proof, guard]);
    }
  }

  async #guard(change: Change, signal: AbortSignal): Promise<never> {
    for (;;) {
      await this.#pause(this.#pace.first, signal);
      await this.#look(change, signal);
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#tools.clock.sleep(jittered(Math.max(ms, this.#backOff.pause)), signal);
  }

  /** @returns whether the change has settled */
  async #look(change: Change, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    try {
      const seen = await this.#target.look(change, signal);
      this.#backOff.answered();
      if (seen.state === 'failed') throw seen.failure;
      if (seen.state === 'settled') return true;
      if (seen.text !== this.#said) this.#tools.quote(seen.text);
      this.#said = seen.text;
    } catch (error) {
      if (!(error instanceof Throttled)) throw error;
      this.#backOff.refused(error.retryAfter);
    }
    signal.throwIfAborted();
    return false;
  }
}

// What was stopped may say anything about it; why it was stopped is the reason.
async function honest<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted && !(error instanceof Failure) ? signal.reason : error;
  }
}

function phasesOf({ direction, step }: { direction: Direction; step: string }) {
  if (direction === 'rollback')
    return ['rollback', 'watch (rollback)', 'prove (rollback)'] as const;
  const suffix = step === '' ? '' : `: ${step}`;
  return [`apply${suffix}`, `watch${suffix}`, `prove${suffix}`] as const;
}
