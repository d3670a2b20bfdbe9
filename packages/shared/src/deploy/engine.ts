import { unlessAborted } from '../concurrency/unless-aborted.ts';
import { Failure, messageOf } from '../failure/failure.ts';
import type { Clock } from '../time/clock.ts';
import { deadline, TimeoutReached } from '../time/deadline.ts';
import { formatDuration } from '../time/duration.ts';
import { Timeline } from '../time/timeline.ts';
import { changeLines } from './report.ts';
import type { DeployResult, Serving } from './result.ts';
import { Rollout } from './rollout.ts';
import {
  type Direction,
  type Ending,
  type Evidence,
  type FailedPhase,
  LeftToPlatform,
  type PlanFacts,
  type Proof,
  type Target,
} from './target.ts';

/** Settings of the engine; times in milliseconds. */
export interface DeployOptions {
  /** From apply to proof, for each step, and once more for a rollback. */
  timeout: number;
  /** How long the new version has to stay healthy after its last proof. */
  bake?: number;
  /** For the migration. */
  migrateTimeout?: number;
  /** How long to wait for the lock; what it takes to ask for it comes on top. */
  lockTimeout?: number;
  rollback: boolean;
  dryRun: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** A line for the log: our words. */
  say(line: string): void;
  /** A line for the log: somebody else's. */
  quote(line: string): void;
}

/** Time for the phases that have no input of their own, in milliseconds. */
const limits = { check: 300_000, plan: 300_000, ask: 60_000, diagnose: 10_000, cleanUp: 60_000 };
const defaultWait = 600_000;

/**
 * Takes a target from its plan to a proven new version, or rolls back to a proven old one. Never throws:
 * whatever goes wrong, and whenever, is part of the result.
 */
export async function deploy<Plan extends PlanFacts, Change>(
  target: Target<Plan, Change>,
  options: DeployOptions,
): Promise<DeployResult<Plan>> {
  const run = new Deploy(target, options);
  return options.dryRun ? run.dryRun() : run.deploy();
}

class Deploy<Plan extends PlanFacts, Change> {
  readonly #target: Target<Plan, Change>;
  readonly #options: DeployOptions;
  readonly #timeline: Timeline;
  readonly #rollout: Rollout<Plan, Change>;
  #plan: Plan | undefined;

  constructor(target: Target<Plan, Change>, options: DeployOptions) {
    this.#target = target;
    this.#options = options;
    this.#timeline = new Timeline(options.clock, options.say);
    this.#rollout = new Rollout(target, { ...options, timeline: this.#timeline });
  }

  async dryRun(): Promise<DeployResult<Plan>> {
    try {
      await this.#check();
      const plan = await this.#makePlan();
      return this.#result({ status: 'planned', serving: servingOf(plan) });
    } catch (error) {
      return this.#notChanged(error);
    }
  }

  async deploy(): Promise<DeployResult<Plan>> {
    let lock: AsyncDisposable | undefined;
    try {
      await this.#check();
      lock = await this.#lock();
      const plan = await this.#makePlan();
      this.#options.signal.throwIfAborted();
      return await this.#prepared(plan);
    } catch (error) {
      return this.#notChanged(error);
    } finally {
      await this.#unlock(lock);
    }
  }

  async #check(): Promise<void> {
    const check = this.#target.check?.bind(this.#target);
    if (check) await this.#phase('check', limits.check, check);
  }

  async #lock(): Promise<AsyncDisposable | undefined> {
    const { lockTimeout = defaultWait } = this.#options;
    const lock = this.#target.lock?.bind(this.#target);
    return lock && this.#phase('lock', lockTimeout + limits.ask, lock);
  }

  // How the deploy ended matters more than a lock that cannot be given back.
  async #unlock(lock: AsyncDisposable | undefined): Promise<void> {
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

  async #makePlan(): Promise<Plan> {
    const plan = await this.#phase('plan', limits.plan, (signal) => this.#target.plan(signal));
    this.#plan = plan;
    changeLines(plan).forEach(this.#options.quote);
    return plan;
  }

  async #prepared(plan: Plan): Promise<DeployResult<Plan>> {
    const { timeout, migrateTimeout = timeout, signal } = this.#options;
    const phases: ReadonlyArray<['prepare' | 'migrate', number]> = [
      ['prepare', timeout],
      ['migrate', migrateTimeout],
    ];
    for (const [name, limit] of phases) {
      const work = this.#target[name]?.bind(this.#target);
      try {
        if (work) await this.#phase(name, limit, (within) => work(plan, within));
        signal.throwIfAborted();
      } catch (error) {
        const failure = this.#failureOf(error);
        const evidence = await this.#diagnose(plan, name, failure);
        await this.#cleanUp(plan, 'not-changed');
        return this.#notChanged(failure, evidence);
      }
    }
    return this.#change(plan);
  }

  async #change(plan: Plan): Promise<DeployResult<Plan>> {
    const { clock } = this.#options;
    const start = clock.now();
    try {
      const proof = await this.#steps(plan);
      const duration = clock.now() - start;
      await this.#cleanUp(plan, 'proven');
      const status = plan.diff.length === 0 ? 'unchanged' : 'deployed';
      return this.#result({ status, serving: 'new', proof, duration });
    } catch (error) {
      const failure = this.#failureOf(error);
      // A cancel that comes later, during the rollback, changes neither the reason nor the end.
      const status = this.#options.signal.aborted ? 'cancelled' : 'failed';
      const evidence = await this.#diagnose(plan, 'rollout', failure);
      return this.#rollBack(plan, { failure, evidence, status });
    }
  }

  async #steps(plan: Plan): Promise<Proof> {
    const { signal, bake = 0 } = this.#options;
    let last: { change: Change; proof: Proof } | undefined;
    for (const step of plan.steps) {
      last = await this.#rollout.run({
        direction: 'forward',
        step: plan.steps.length > 1 ? step.name : '',
        ...(step.waits === undefined ? {} : { waits: step.waits }),
        signal,
        make: (within) => this.#target.apply(plan, step, within),
      });
      signal.throwIfAborted();
    }
    if (!last) throw new Error('the plan has no step');
    return bake > 0 ? this.#rollout.bake(last.change, bake, signal) : last.proof;
  }

  // Not under the signal of the run: a cancelled run still ends in a settled state.
  async #rollBack(
    plan: Plan,
    known: Pick<DeployResult, 'failure' | 'evidence'> & { status: 'cancelled' | 'failed' },
  ): Promise<DeployResult<Plan>> {
    const { rollback, signal } = this.#options;
    const { rollback: where } = plan;
    if (!rollback || where.to === 'none') {
      const noRollback = where.to === 'none' ? where.why : 'input rollback is false';
      this.#options.say(`there is no rollback: ${noRollback}`);
      return this.#result({ ...known, serving: 'unknown', noRollback });
    }
    try {
      const { proof } = await this.#rollout.run({
        direction: 'rollback',
        step: '',
        signal: new AbortController().signal,
        make: (within) => this.#target.rollback(plan, { hurry: signal.aborted }, within),
      });
      await this.#cleanUp(plan, 'rolled-back');
      const restored = where.to === 'previous';
      return this.#result({
        ...known,
        status: restored && known.status === 'failed' ? 'rolled-back' : known.status,
        serving: restored ? 'old' : 'nothing',
        proof,
      });
    } catch (error) {
      if (error instanceof LeftToPlatform) {
        this.#options.say(error.message);
        return this.#result({ ...known, serving: 'unknown', left: error.message });
      }
      const rollbackFailure = this.#failureOf(error, 'rollback');
      this.#options.say(`the rollback failed: ${rollbackFailure.message}`);
      return this.#result({ ...known, status: 'failed', serving: 'unknown', rollbackFailure });
    }
  }

  // Diagnosis is a help, never a second failure. A runner that is about to kill us does not wait.
  async #diagnose(plan: Plan, phase: FailedPhase, failure: Failure): Promise<Evidence | undefined> {
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

  async #cleanUp(plan: Plan, ending: Ending): Promise<void> {
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

  // What failed before a step began has changed nothing that serves.
  #notChanged(error: unknown, evidence?: Evidence): DeployResult<Plan> {
    const failure = this.#failureOf(error);
    const plan = this.#plan;
    return this.#result({
      status: this.#options.signal.aborted ? 'cancelled' : 'failed',
      serving: plan ? servingOf(plan) : 'unchanged',
      failure,
      evidence,
    });
  }

  #failureOf(error: unknown, direction: Direction = 'forward'): Failure {
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

  #result(
    known: Partial<DeployResult<Plan>> & Pick<DeployResult, 'status' | 'serving'>,
  ): DeployResult<Plan> {
    return {
      target: this.#target.name,
      plan: this.#plan,
      proof: undefined,
      failure: undefined,
      rollbackFailure: undefined,
      noRollback: '',
      left: '',
      evidence: undefined,
      duration: undefined,
      timeline: this.#timeline.entries,
      ...known,
    };
  }
}

// What serves while nothing was changed.
function servingOf({ serves }: PlanFacts): Serving {
  if (serves === 'previous') return 'old';
  return serves === 'nothing' ? 'nothing' : 'unchanged';
}
