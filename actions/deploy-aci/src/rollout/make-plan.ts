import type { PlanFacts, RollbackTo } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { PreparedGroup, Restorable } from '../group/prepared-group.ts';
import type { Settings } from '../settings.ts';
import { candidateName } from './candidate.ts';
import type { AciPlan, AciStep } from './plan.ts';
import { releaseTags, tagOf } from './release-tags.ts';

/** What a plan is made from. */
export interface PlanInput {
  settings: Pick<Settings, 'name' | 'resource-group' | 'strategy' | 'allow-recreate'>;
  prepared: PreparedGroup;
  /** The group that runs now, and what brings it back; undefined where there is none. */
  live: JsonObject | undefined;
  restorable: Restorable | undefined;
  /** Whether all containers of the group are running now. */
  running: boolean;
  /** Address of this run. */
  run: string;
}

/**
 * Makes the steps, and knows where a rollback leads.
 * @throws Failure `aci/recreate-needed` where the group has to be deleted first and must not be
 */
export function makePlan(input: PlanInput): AciPlan {
  const { live, prepared, restorable, running } = input;
  const steps = stepsOf(input);
  return {
    image: prepared.image,
    previousImage: prepared.previousImage,
    diff: prepared.diff,
    serves: live ? (running ? 'previous' : 'unknown') : 'nothing',
    rollback: rollbackOf(input),
    steps,
    prepared,
    live,
    previous: restorable?.document,
  } satisfies PlanFacts<AciStep> & AciPlan;
}

function stepsOf({ live, prepared, settings }: PlanInput): readonly AciStep[] {
  const { name, strategy } = settings;
  const { change } = prepared;
  if (change.kind === 'none') return [{ kind: 'keep', name: `${name} as it is` }];
  if (change.kind === 'recreate' && !settings['allow-recreate'] && strategy !== 'recreate') {
    throw Failure.of('aci/recreate-needed', { group: name, because: change.because.join(', ') });
  }
  if (!live) return [{ kind: 'write', name: `create ${name}` }];
  const deletes = change.kind === 'recreate' || strategy === 'recreate';
  const last: AciStep = deletes
    ? { kind: 'recreate', name: `delete ${name} and create it again` }
    : { kind: 'write', name: `update ${name}, all of its containers restart` };
  if (strategy !== 'rehearse') return [last];
  const candidate = candidateName({ name, resourceGroup: settings['resource-group'] });
  return [{ kind: 'candidate', name: `rehearse in ${candidate.name}` }, last];
}

function rollbackOf({ live, prepared, restorable, run }: PlanInput): RollbackTo {
  if (!live || !restorable) return { to: 'nothing' };
  const { lost } = restorable;
  if (lost.length > 0) {
    const secrets = lost.join(', ');
    return { to: 'none', why: `Azure does not give back ${secrets}, and this run has not got it` };
  }
  const isOfThisRun = run !== '' && tagOf(live, releaseTags.run) === run;
  if (isOfThisRun && tagOf(live, releaseTags.image) === prepared.image) {
    return { to: 'none', why: 'what ran before was replaced by an earlier attempt of this run' };
  }
  return { to: 'previous' };
}
