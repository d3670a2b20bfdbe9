import type { Service } from '@aws-sdk/client-ecs';
import type { DiffLine, RollbackTo } from '@slipway/shared/deploy/target';
import { numberOf } from '@slipway/shared/document/json-number';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Settings } from '../settings.ts';
import type { PreparedTaskDefinition } from '../task-definition/prepared.ts';
import { configurationIn } from './first-configuration.ts';
import type { InFlight } from './in-flight.ts';
import type { EcsPlan } from './plan.ts';
import { primaryOf, servingTaskDefinition } from './read-service.ts';
import {
  checkTraffic,
  configurationDiff,
  type EcsStep,
  stepsOf,
  wantedConfiguration,
} from './traffic.ts';

/** What a plan is made of: everything that was read. */
export interface Known {
  settings: Settings;
  service: Service | undefined;
  inFlight: InFlight | undefined;
  prepared: PreparedTaskDefinition;
  /** What the service is created from where there is none. */
  definition: JsonObject;
}

/** Where nothing is rolled out, what serves is only looked at and proven. */
const proofOnly: readonly EcsStep[] = [
  { name: 'proof', goal: { kind: 'completed' }, proof: 'production' },
];

/**
 * Makes the plan out of what was read.
 * @throws Failure `ecs/traffic-settings` where the service lacks what its traffic needs
 */
export function makePlan(known: Known): EcsPlan {
  const { inFlight, prepared, service, settings } = known;
  if (!service) return creation(known);
  const has = service.deploymentConfiguration;
  const wanted = wantedConfiguration(settings, has);
  checkTraffic(settings, service, wanted ?? has);
  const primary = primaryOf(service);
  const same = prepared.arn !== undefined && prepared.arn === primary?.taskDefinition;
  const takenUp = takeUp(known);
  // What ECS gave up is not begun again without being told to.
  const force =
    !takenUp && (settings['force-new-deployment'] || (same && primary?.rolloutState === 'FAILED'));
  const deploys = force || !same || takenUp !== undefined;
  const count = settings['desired-count'];
  const desiredCount = count === service.desiredCount ? undefined : count;
  const lines: DiffLine[] = [
    ...prepared.diff,
    ...configurationDiff(has, wanted),
    ...(desiredCount === undefined
      ? []
      : [{ what: 'tasks', before: String(service.desiredCount), after: String(desiredCount) }]),
    ...(force ? [{ what: 'tasks', before: '', after: 'new ones, though nothing changed' }] : []),
    ...(takenUp ? [{ what: 'deployment', before: '', after: 'in flight already' }] : []),
  ];
  const previous = inFlight?.previous ?? servingTaskDefinition(service);
  return {
    image: prepared.image,
    previousImage: prepared.previousImage,
    diff: lines,
    serves: 'previous',
    rollback: rollbackTo(previous),
    steps: deploys ? stepsOf(settings, wanted ?? has) : proofOnly,
    service,
    prepared,
    previous,
    configuration: deploys || configurationDiff(has, wanted).length > 0 ? wanted : undefined,
    desiredCount,
    force,
    takenUp,
    definition: undefined,
    tasks: desiredCount ?? service.desiredCount ?? 1,
  };
}

function takeUp({ inFlight, prepared, settings }: Known): EcsPlan['takenUp'] {
  if (!inFlight || inFlight.ending || settings['force-new-deployment']) return undefined;
  const { deployment } = inFlight;
  return prepared.arn === deployment.taskDefinition ? deployment : undefined;
}

function rollbackTo(previous: string | undefined): RollbackTo {
  if (previous !== undefined) return { to: 'previous' };
  return { to: 'none', why: 'the service ran nothing before' };
}

function creation({ definition, prepared, settings }: Known): EcsPlan {
  const has = configurationIn(definition);
  const wanted = wantedConfiguration(settings, has);
  checkTraffic(settings, definition, wanted ?? has);
  const steps = stepsOf(settings, wanted ?? has);
  return {
    image: prepared.image,
    previousImage: undefined,
    diff: [
      { what: 'service', before: '', after: settings.service },
      ...prepared.diff,
      ...configurationDiff(has, wanted),
    ],
    serves: 'nothing',
    rollback: { to: 'nothing' },
    steps: steps.length > 1 ? steps : steps.map((step) => ({ ...step, name: 'first deployment' })),
    service: undefined,
    prepared,
    previous: undefined,
    configuration: wanted,
    desiredCount: settings['desired-count'],
    force: false,
    takenUp: undefined,
    definition,
    tasks: numberOf(definition['desiredCount']) ?? 1,
  };
}
