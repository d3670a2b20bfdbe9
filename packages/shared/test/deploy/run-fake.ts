import { deploy } from '../../src/deploy/engine.ts';
import type { DeployResult } from '../../src/deploy/result.ts';
import type { PlanFacts } from '../../src/deploy/target.ts';
import { Failure } from '../../src/failure/failure.ts';
import { fakeSteps, fakeTarget, type Phase, type Script } from './fake-target.ts';
import { virtualClock } from './virtual-clock.ts';

/** How a run differs from one that goes well. */
export interface Circumstances {
  script?: Script;
  /** What a rollback leads to, which is what serves; nobody knows with `none`. */
  rollbackTo?: 'previous' | 'nothing' | 'none';
  /** How many steps the plan has; 1 by default. */
  steps?: number;
  /** Milliseconds that the platform itself waits in each step. */
  waits?: number;
  /** Milliseconds. */
  bake?: number;
  migrateTimeout?: number;
  rollback?: boolean;
  dryRun?: boolean;
  /** Nothing would change. */
  same?: boolean;
  /** The target checks first. */
  checks?: boolean;
  /** The target prepares. */
  prepares?: boolean;
  /** The target migrates. */
  migrates?: boolean;
  /** The target has no lock. */
  lockless?: boolean;
  /** The run is cancelled half a second into this phase. */
  cancel?: Phase;
}

/** Why a run was cancelled. */
export const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });
/** From apply to proof, in milliseconds. */
export const timeout = 600_000;

/** Deploys a fake target under the given circumstances, on a virtual clock. */
export async function runFake(circumstances: Circumstances) {
  const { script = {}, rollbackTo = 'previous', cancel } = circumstances;
  const clock = virtualClock();
  const controller = new AbortController();
  const plan: PlanFacts = {
    image: 'app@sha256:new',
    previousImage: rollbackTo === 'previous' ? 'app@sha256:old' : undefined,
    diff: circumstances.same ? [] : [{ what: 'image', before: 'old', after: 'new' }],
    serves: rollbackTo === 'none' ? 'unknown' : rollbackTo,
    rollback:
      rollbackTo === 'none'
        ? { to: 'none', why: 'the version before is gone' }
        : { to: rollbackTo },
    steps: fakeSteps(circumstances.steps ?? 1, circumstances.waits),
  };
  const fake = fakeTarget(clock, script, plan, (phase) => {
    if (phase === cancel) clock.sleep(500).then(() => controller.abort(cancelled));
  });
  const { check, prepare, migrate, lock, did, looks, told, ...bare } = fake;
  const target = {
    ...bare,
    ...(circumstances.checks ? { check } : {}),
    ...(circumstances.prepares ? { prepare } : {}),
    ...(circumstances.migrates ? { migrate } : {}),
    ...(circumstances.lockless ? {} : { lock }),
  };
  const said: string[] = [];
  const quoted: string[] = [];
  const result = await deploy(target, {
    timeout,
    bake: circumstances.bake ?? 0,
    migrateTimeout: circumstances.migrateTimeout ?? 1_800_000,
    rollback: circumstances.rollback ?? true,
    dryRun: circumstances.dryRun ?? false,
    clock,
    signal: controller.signal,
    say: (line) => said.push(line),
    quote: (line) => quoted.push(line),
  });
  const phases = phasesOf(result);
  return { result, phases, did: did.join(' '), looks, told, said, quoted, clock };
}

/** `plan, apply!`: the phases in their order, those that failed with a mark. */
function phasesOf({ timeline }: DeployResult): string {
  return timeline.map(({ name, ok }) => (ok ? name : `${name}!`)).join(', ');
}
