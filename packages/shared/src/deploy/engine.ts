import { Failure, messageOf } from '../failure/failure.ts';
import type { Clock } from '../time/clock.ts';
import { deadline, TimeoutReached } from '../time/deadline.ts';
import { formatDuration } from '../time/duration.ts';
import { Timeline, type TimelineEntry } from '../time/timeline.ts';
import { changeLines } from './report.ts';
import type { Direction, Evidence, PlanFacts, ProofOfLife, Target } from './target.ts';

/** How a deploy ended. Only `deployed`, `unchanged` and `planned` are green. */
export type Status = 'deployed' | 'unchanged' | 'planned' | 'rolled-back' | 'failed' | 'cancelled';

/** What serves after the run. */
export type Serving = 'new' | 'old' | 'nothing' | 'unknown';

/** Settings of the engine; times in milliseconds. */
export interface DeployOptions {
  /** From apply to prove. The way back has the same time again. */
  timeout: number;
  rollback: boolean;
  dryRun: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** A line for the log: our words. */
  say(line: string): void;
  /** A line for the log: somebody else's. */
  quote(line: string): void;
}

/** Everything there is to say about a deploy. */
export interface DeployResult<P extends PlanFacts = PlanFacts> {
  target: string;
  status: Status;
  serving: Serving;
  plan: P | undefined;
  proof: ProofOfLife | undefined;
  failure: Failure | undefined;
  /** Why the way back failed, when it did. */
  rollbackFailure: Failure | undefined;
  evidence: Evidence | undefined;
  timeline: readonly TimelineEntry[];
  /** Milliseconds from apply to proof; undefined when there was none. */
  duration: number | undefined;
}

const diagnoseLimit = 10_000;
const finishLimit = 60_000;
const guardPause = 700;

/**
 * Takes a target from its plan to a proven new version or back to a proven old one.
 * Failures before the first write are thrown; after it they are part of the result.
 */
export async function deploy<Plan extends PlanFacts, Change>(
  target: Target<Plan, Change>,
  options: DeployOptions,
): Promise<DeployResult<Plan>> {
  const timeline = new Timeline(options.clock, options.say);
  const walk = new Walk(target, options, timeline);
  if (target.check) await timeline.phase('check', async () => target.check?.(options.signal));
  if (options.dryRun) {
    const plan = await walk.plan();
    return walk.result({
      status: 'planned',
      serving: untouched(plan),
      plan,
    });
  }
  const lock = await target.hold?.(options.signal);
  try {
    const plan = await walk.plan();
    options.signal.throwIfAborted();
    return await walk.go(plan);
  } finally {
    await release(lock, options);
  }
}

// What serves while nothing was changed.
function untouched(plan: PlanFacts): Serving {
  if (plan.wayBack === 'previous') return 'old';
  return plan.wayBack === 'remove' ? 'nothing' : 'unknown';
}

// How the deploy ended matters more than a lock that cannot be given back.
async function release(lock: AsyncDisposable | undefined, { say }: DeployOptions): Promise<void> {
  try {
    await lock?.[Symbol.asyncDispose]();
  } catch (error) {
    say(`the lock was left behind: ${messageOf(error)}`);
  }
}

class Walk<Plan extends PlanFacts, Change> {
  readonly #target: Target<Plan, Change>;
  readonly #options: DeployOptions;
  readonly #timeline: Timeline;
  #said = '';

  constructor(target: Target<Plan, Change>, options: DeployOptions, timeline: Timeline) {
    this.#target = target;
    this.#options = options;
    this.#timeline = timeline;
  }

  async plan(): Promise<Plan> {
    const { signal, quote } = this.#options;
    const plan = await this.#timeline.phase('plan', () => this.#target.plan(signal));
    changeLines(plan).forEach(quote);
    return plan;
  }

  async go(plan: Plan): Promise<DeployResult<Plan>> {
    const { clock, signal, timeout } = this.#options;
    try {
      await deadline(clock, timeout, signal, (within) => this.#prepare(plan, within));
      const migrate = this.#target.migrate?.bind(this.#target);
      if (migrate) await this.#timeline.phase('migrate', () => migrate(plan, signal));
    } catch (error) {
      const failure = this.#failureOf(error, 'forward');
      await this.#finish(plan, false);
      const status = signal.aborted ? 'cancelled' : 'failed';
      return this.result({ status, serving: untouched(plan), plan, failure });
    }
    return this.#change(plan);
  }

  async #prepare(plan: Plan, signal: AbortSignal): Promise<void> {
    const prepare = this.#target.prepare?.bind(this.#target);
    if (prepare) await this.#timeline.phase('prepare', () => prepare(plan, signal));
  }

  async #change(plan: Plan): Promise<DeployResult<Plan>> {
    const { clock, signal, rollback } = this.#options;
    const start = clock.now();
    try {
      const proof = await this.#leg('forward', signal, (within) =>
        this.#target.apply(plan, within),
      );
      const duration = clock.now() - start;
      await this.#finish(plan, true);
      const status = plan.diff.length === 0 ? 'unchanged' : 'deployed';
      return this.result({ status, serving: 'new', plan, proof, duration });
    } catch (error) {
      const failure = this.#failureOf(error, 'forward');
      // A cancel that comes later, on the way back, changes neither the reason nor the end.
      const ended = signal.aborted ? 'cancelled' : 'failed';
      this.#options.say(`${failure.code}: ${failure.message}`);
      const evidence = signal.aborted ? undefined : await this.#diagnose(plan);
      const known = { plan, failure, evidence, status: ended } as const;
      if (!rollback || plan.wayBack === 'none') {
        return this.result({ ...known, serving: 'unknown' });
      }
      return this.#back(plan, known);
    }
  }

  // Not under the signal of the run: a cancelled run still ends in a settled state.
  async #back(
    plan: Plan,
    known: Partial<DeployResult<Plan>> & { status: 'cancelled' | 'failed' },
  ): Promise<DeployResult<Plan>> {
    const settle = new AbortController().signal;
    try {
      const proof = await this.#leg('back', settle, (within) =>
        this.#target.rollback(plan, within),
      );
      await this.#finish(plan, false);
      const restored = plan.wayBack === 'previous';
      return this.result({
        ...known,
        status: restored && known.status === 'failed' ? 'rolled-back' : known.status,
        serving: restored ? 'old' : 'nothing',
        proof,
      });
    } catch (error) {
      const rollbackFailure = this.#failureOf(error, 'back');
      this.#options.say(`the way back failed: ${rollbackFailure.message}`);
      return this.result({ ...known, status: 'failed', serving: 'unknown', rollbackFailure });
    }
  }

  // The way back is just another change: watched and proven by the same lines as the way forward.
  #leg(
    direction: Direction,
    signal: AbortSignal,
    change: (signal: AbortSignal) => Promise<Change>,
  ): Promise<ProofOfLife> {
    const { clock, timeout } = this.#options;
    const suffix = direction === 'back' ? ' (way back)' : '';
    return deadline(clock, timeout, signal, async (within) => {
      try {
        const name = direction === 'back' ? 'rollback' : 'apply';
        const made = await this.#timeline.phase(name, () => change(within));
        await this.#timeline.phase(`watch${suffix}`, () => this.#watch(made, within));
        return await this.#timeline.phase(`prove${suffix}`, () =>
          this.#prove(made, direction, within),
        );
      } catch (error) {
        // What was stopped may say anything about it; why it was stopped is the reason.
        throw within.aborted && !(error instanceof Failure) ? within.reason : error;
      }
    });
  }

  // What crashes while it is being proven has failed now, not when the time is up.
  async #prove(change: Change, direction: Direction, signal: AbortSignal): Promise<ProofOfLife> {
    const over = new AbortController();
    const within = AbortSignal.any([signal, over.signal]);
    const proof = this.#target.prove(change, direction, within);
    // When the time is up, the proof knows best what was missing.
    const guard = this.#guard(change, within).catch((error) => {
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
      await this.#options.clock.sleep(guardPause, signal);
      await this.#watch(change, signal);
    }
  }

  async #watch(change: Change, signal: AbortSignal): Promise<void> {
    for await (const sighting of this.#target.watch(change, signal)) {
      if (sighting.state === 'failed') throw sighting.failure;
      if (sighting.state === 'settled') return;
      if (sighting.text !== this.#said) this.#options.quote(sighting.text);
      this.#said = sighting.text;
    }
    signal.throwIfAborted();
  }

  async #diagnose(plan: Plan): Promise<Evidence | undefined> {
    const { clock, signal } = this.#options;
    try {
      const evidence = await this.#timeline.phase('diagnose', () =>
        deadline(clock, diagnoseLimit, signal, (within) => this.#target.diagnose(plan, within)),
      );
      for (const fact of evidence.facts) this.#options.quote(fact);
      for (const { source, lines } of evidence.logs) {
        this.#options.say(`last log lines of ${source}:`);
        for (const line of lines) this.#options.quote(line);
      }
      return evidence;
    } catch (error) {
      // Diagnosis is a help, never a second failure.
      this.#options.say(`no diagnosis: ${messageOf(error)}`);
      return undefined;
    }
  }

  // Clean-up must not turn a green deploy red.
  async #finish(plan: Plan, proven: boolean): Promise<void> {
    try {
      await deadline(
        this.#options.clock,
        finishLimit,
        undefined,
        async (within) => await this.#target.finish?.(plan, proven, within),
      );
    } catch (error) {
      this.#options.say(`clean-up was left undone: ${messageOf(error)}`);
    }
  }

  #failureOf(error: unknown, direction: Direction): Failure {
    const { signal, timeout: limit } = this.#options;
    if (direction === 'forward' && signal.aborted && signal.reason instanceof Failure) {
      return signal.reason;
    }
    if (error instanceof Failure) return error;
    const phase = this.#timeline.entries.at(-1)?.name ?? 'apply';
    if (error instanceof TimeoutReached) {
      return Failure.of('deploy/timeout', { limit: formatDuration(limit), phase }, error);
    }
    // Even a bug of ours must find the way back.
    return Failure.of('deploy/unexpected', { phase, error: messageOf(error) }, error);
  }

  result(
    known: Partial<DeployResult<Plan>> & Pick<DeployResult, 'status' | 'serving'>,
  ): DeployResult<Plan> {
    return {
      target: this.#target.name,
      plan: undefined,
      proof: undefined,
      failure: undefined,
      rollbackFailure: undefined,
      evidence: undefined,
      duration: undefined,
      timeline: this.#timeline.entries,
      ...known,
    };
  }
}
