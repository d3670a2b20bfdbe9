import { unlessAborted } from '../concurrency/unless-aborted.ts';
import { Failure, messageOf } from '../failure/failure.ts';
import { deadline, TimeoutReached } from '../time/deadline.ts';
import { formatDuration } from '../time/duration.ts';
import type { Timeline } from '../time/timeline.ts';
import type { DeployOptions } from './options.ts';
import { changeLines } from './report.ts';
import type { Direction, Ending, Evidence, FailedPhase, PlanFacts, Target } from './target.ts';

/** Time for the phases that have no input of their own, in milliseconds. */
const limits = { check: 300_000, plan: 300_000, ask: 60_000, diagnose: 10_000, cleanUp: 60_000 };
const defaultWait = 600_000;

/**
 * The phases of a target around its rollout. Each runs within its time limit, stands in the timeline,
 * and ends when the run is cancelled. Knows what an error in a phase means.
 */
export class Phases<Plan extends PlanFacts, Change> {
  readonly #target: Target<Plan, Change>;
  readonly #options: DeployOptions;
  readonly #timeline: Timeline;

  constructor(target: Target<Plan, Change>, options: DeployOptions, timeline: Timeline) {
    this.#target = target;
    this.#options = options;
    this.#timeline = timeline;
  }

  async check(): Promise<void> {
    const check = this.#target.check?.bind(this.#target);
    if (check) await this.#phase('check', limits.check, check);
  }

  async lock(): Promise<AsyncDisposable | undefined> {
    const { lockTimeout = defaultWait } = this.#options;
    const lock = this.#target.lock?.bind(this.#target);
    return lock && this.#phase('lock', lockTimeout + limits.ask, lock);
  }

  /** Never throws: how the deploy ended matters more than a lock that cannot be given back. */
  async unlock(lock: AsyncDisposable | undefined): Promise<void> {
    if (!lock) return;
    try {
      // What frees it knows no signal.
      await this.#within(limits.cleanUp, undefined, (within) =>
        unlessAborted(Promise.resolve(lock[Symbol.asyncDispose]()), within),
      );
    } catch (error) {
      this.#options.say(`the lock was left behind: ${messageOf(error)}`);
    }
  }

  async plan(): Promise<Plan> {
    const plan = await this.#phase('plan', limits.plan, (signal) => this.#target.plan(signal));
    changeLines(plan).forEach(this.#options.quote);
    return plan;
  }

  async prepare(plan: Plan): Promise<void> {
    await this.#before(plan, 'prepare', this.#options.timeout);
  }

  async migrate(plan: Plan): Promise<void> {
    const { timeout, migrateTimeout = timeout } = this.#options;
    await this.#before(plan, 'migrate', migrateTimeout);
  }

  /**
   * Says the failure and what is behind it. Never throws: diagnosis is a help, never a second failure.
   * @returns undefined when there is none, or when the run is cancelled: a runner that is about to
   * kill us does not wait
   */
  async diagnose(plan: Plan, phase: FailedPhase, failure: Failure): Promise<Evidence | undefined> {
    const { signal, say, quote } = this.#options;
    say(`${failure.code}: ${failure.message}`);
    if (signal.aborted) return undefined;
    try {
      const evidence = await this.#phase('diagnose', limits.diagnose, (within) =>
        this.#target.diagnose(plan, phase, within),
      );
      for (const fact of evidence.facts) quote(fact);
      for (const { source, lines } of evidence.logs) {
        say(`last log lines of ${source}:`);
        for (const line of lines) quote(line);
      }
      return evidence;
    } catch (error) {
      say(`no diagnosis: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Never throws. A cancelled run is cleaned up too. */
  async cleanUp(plan: Plan, ending: Ending): Promise<void> {
    try {
      await this.#within(
        limits.cleanUp,
        undefined,
        async (within) => await this.#target.cleanUp?.(plan, ending, within),
      );
    } catch (error) {
      this.#options.say(`clean-up was left undone: ${messageOf(error)}`);
    }
  }

  /** What an error in the last phase means: a cancel, a time limit, a failure, or a bug of ours. */
  failureOf(error: unknown, direction: Direction = 'forward'): Failure {
    const { signal, say } = this.#options;
    if (direction === 'forward' && signal.aborted && signal.reason instanceof Failure) {
      return signal.reason;
    }
    if (error instanceof Failure) return error;
    const phase = this.#timeline.entries.at(-1)?.name ?? 'check';
    if (error instanceof TimeoutReached) {
      const limit = formatDuration(error.ms);
      return phase === 'migrate'
        ? Failure.of('deploy/migrate-timeout', { limit }, error)
        : Failure.of('deploy/timeout', { limit, phase }, error);
    }
    // Even a bug of ours must end in a rollback; its trace is for the bug report.
    if (error instanceof Error) say(error.stack ?? '');
    return Failure.of('deploy/unexpected', { phase, error: messageOf(error) }, error);
  }

  async #before(plan: Plan, name: 'prepare' | 'migrate', limit: number): Promise<void> {
    const work = this.#target[name]?.bind(this.#target);
    if (work) await this.#phase(name, limit, (within) => work(plan, within));
    this.#options.signal.throwIfAborted();
  }

  #phase<T>(name: string, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#timeline.phase(name, () => this.#within(ms, this.#options.signal, work));
  }

  #within<T>(
    ms: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return deadline(this.#options.clock, ms, signal, work);
  }
}
