import type { Failure } from '../failure/failure.ts';
import { Timeline } from '../time/timeline.ts';
import type { DeployOptions } from './options.ts';
import { Phases } from './phases.ts';
import type { DeployResult, Serving } from './result.ts';
import { Rollout } from './rollout.ts';
import {
  type Evidence,
  LeftToPlatform,
  type PlanFacts,
  type Proof,
  type Target,
} from './target.ts';

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

/** The order of the phases, and what a run ends in when one of them fails. */
class Deploy<Plan extends PlanFacts, Change> {
  readonly #target: Target<Plan, Change>;
  readonly #options: DeployOptions;
  readonly #timeline: Timeline;
  readonly #phases: Phases<Plan, Change>;
  readonly #rollout: Rollout<Plan, Change>;
  #plan: Plan | undefined;

  constructor(target: Target<Plan, Change>, options: DeployOptions) {
    this.#target = target;
    this.#options = options;
    this.#timeline = new Timeline(options.clock, options.say);
    this.#phases = new Phases(target, options, this.#timeline);
    this.#rollout = new Rollout(target, { ...options, timeline: this.#timeline });
  }

  async dryRun(): Promise<DeployResult<Plan>> {
    try {
      await this.#phases.check();
      this.#plan = await this.#phases.plan();
      return this.#result({ status: 'planned', serving: servingOf(this.#plan) });
    } catch (error) {
      return this.#notChanged(error);
    }
  }

  async deploy(): Promise<DeployResult<Plan>> {
    let lock: AsyncDisposable | undefined;
    try {
      await this.#phases.check();
      lock = await this.#phases.lock();
      const plan = await this.#phases.plan();
      this.#plan = plan;
      this.#options.signal.throwIfAborted();
      return await this.#prepared(plan);
    } catch (error) {
      return this.#notChanged(error);
    } finally {
      await this.#phases.unlock(lock);
    }
  }

  async #prepared(plan: Plan): Promise<DeployResult<Plan>> {
    for (const phase of ['prepare', 'migrate'] as const) {
      try {
        await this.#phases[phase](plan);
      } catch (error) {
        const failure = this.#phases.failureOf(error);
        const evidence = await this.#phases.diagnose(plan, phase, failure);
        await this.#phases.cleanUp(plan, 'not-changed');
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
      await this.#phases.cleanUp(plan, 'proven');
      const status = plan.diff.length === 0 ? 'unchanged' : 'deployed';
      return this.#result({ status, serving: 'new', proof, duration });
    } catch (error) {
      const known = this.#phases.failureOf(error);
      // A cancel that comes later, during the rollback, changes neither the reason nor the end.
      const status = this.#options.signal.aborted ? 'cancelled' : 'failed';
      const evidence = await this.#phases.diagnose(plan, 'rollout', known);
      const failure = explained(known, evidence);
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
      await this.#phases.cleanUp(plan, 'rolled-back');
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
      const rollbackFailure = this.#phases.failureOf(error, 'rollback');
      this.#options.say(`the rollback failed: ${rollbackFailure.message}`);
      return this.#result({ ...known, status: 'failed', serving: 'unknown', rollbackFailure });
    }
  }

  // What failed before a step began has changed nothing that serves.
  #notChanged(error: unknown, evidence?: Evidence): DeployResult<Plan> {
    const failure = this.#phases.failureOf(error);
    const plan = this.#plan;
    return this.#result({
      status: this.#options.signal.aborted ? 'cancelled' : 'failed',
      serving: plan ? servingOf(plan) : 'unchanged',
      failure,
      evidence,
    });
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

/** That the time was up, or no answer came, says less than what is against the new version then. */
function explained(failure: Failure, evidence: Evidence | undefined): Failure {
  const { likely } = evidence ?? {};
  const isOpen = failure.code === 'deploy/timeout' || failure.code === 'deploy/unproven';
  if (!isOpen || !likely) return failure;
  return failure.followedBy(`${likely.code}: ${likely.message}`);
}

// What serves while nothing was changed.
function servingOf({ serves }: PlanFacts): Serving {
  if (serves === 'previous') return 'old';
  return serves === 'nothing' ? 'nothing' : 'unchanged';
}
