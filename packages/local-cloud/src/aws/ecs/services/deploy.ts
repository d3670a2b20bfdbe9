import { isDeepStrictEqual } from 'node:util';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import { digits, ecsArn } from '../place.ts';
import type { EcsWorld } from '../world.ts';
import { type Revision, type RevisionConfiguration, revisionMembers } from './revision.ts';
import { rolloutSentence } from './sentences.ts';
import type { EcsService, ServiceConfiguration } from './service.ts';

/**
 * A task definition that may run.
 * @throws Refusal `ClientException`
 */
export function usableDefinition({ definitions }: EcsWorld, asked: string): Wire<TaskDefinition> {
  const found = definitions.find(asked);
  if (!found) throw new Refusal('ClientException', 'TaskDefinition not found.');
  const { definition } = found;
  if (definition.status !== 'ACTIVE') {
    throw new Refusal('ClientException', 'TaskDefinition is inactive');
  }
  return definition;
}

/** What of a configuration belongs to a revision. */
export function revisionPart(configuration: ServiceConfiguration): RevisionConfiguration {
  return Object.fromEntries(
    revisionMembers.flatMap((name) =>
      configuration[name] === undefined ? [] : [[name, configuration[name]]],
    ),
  );
}

/** Whether a configuration asks for another revision than the one that is wanted now. */
export function changesRevision(
  { primary }: EcsService,
  configuration: ServiceConfiguration,
  definition: Wire<TaskDefinition>,
): boolean {
  return (
    !primary ||
    primary.definition.taskDefinitionArn !== definition.taskDefinitionArn ||
    !isDeepStrictEqual(primary.configuration, revisionPart(configuration))
  );
}

/** Begins the deployment of a new revision. */
export function deployRevision(
  world: EcsWorld,
  service: EcsService,
  definition: Wire<TaskDefinition>,
): void {
  const { configuration, primary } = service;
  const path = [service.cluster, service.name];
  const deploymentId = `ecs-svc/${digits()}`;
  const shifts = (configuration.deploymentConfiguration?.strategy ?? 'ROLLING') !== 'ROLLING';
  // The traffic of a rolling deployment does not move; every other one goes to the other groups.
  const before = service.revisions.findLast(({ completed }) => completed) ?? primary;
  const alternate = before !== undefined && before.alternate !== shifts;
  const revision: Revision = {
    arn: ecsArn(world.place, 'service-revision', ...path, digits()),
    deploymentId,
    definition,
    configuration: revisionPart(configuration),
    createdAt: world.time,
    updatedAt: world.time,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: rolloutSentence.inProgress(deploymentId),
    failedTasks: 0,
    completed: false,
    alternate,
    productionWeight: shifts ? 0 : 100,
    testWeight: 0,
    retryAt: 0,
  };
  service.deploy(revision, ecsArn(world.place, 'service-deployment', ...path, digits()));
}
