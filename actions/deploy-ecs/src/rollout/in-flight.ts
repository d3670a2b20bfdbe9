import type { Service } from '@aws-sdk/client-ecs';
import type { EcsApi } from '../api/ecs-api.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { progressOf } from './progress.ts';
import { primaryOf, type ServiceDeployments } from './read-service.ts';
import { isOver, isRollingBack } from './service-deployment.ts';

/** A deployment that is not over, whoever began it. */
export interface InFlight {
  deployment: DeploymentRef;
  /** ARN of the task definition that served before it; undefined where nobody can tell. */
  previous: string | undefined;
  /** ECS is taking it back, or it is being stopped: nobody can take it up. */
  ending: boolean;
  /** Where it is, for people. */
  text: string;
}

/** Finds the deployment of a service that is in flight, by what ECS itself calls the current one. */
export async function findInFlight(
  api: EcsApi,
  service: Service,
  deployments: ServiceDeployments,
  signal: AbortSignal,
): Promise<InFlight | undefined> {
  const { currentServiceDeployment: arn } = service;
  const seen = arn === undefined ? undefined : await deployments.read(api, arn, signal);
  if (!seen) return byList(service);
  if (isOver(seen)) return undefined;
  const primary = primaryOf(service);
  const target = await deployments.taskDefinitionOf(api, seen.targetServiceRevision?.arn, signal);
  const source = await deployments.taskDefinitionOf(
    api,
    seen.sourceServiceRevisions?.[0]?.arn,
    signal,
  );
  return {
    deployment: {
      taskDefinition: target ?? primary?.taskDefinition ?? '',
      id: primary?.id,
      arn,
    },
    previous: source ?? oldTaskDefinition(service),
    ending: isRollingBack(seen) || seen.status === 'STOP_REQUESTED',
    text: progressOf(seen),
  };
}

function byList(service: Service): InFlight | undefined {
  const primary = primaryOf(service);
  if (!primary || !moves(service)) return undefined;
  const { desiredCount = 0, id, runningCount = 0, taskDefinition = '' } = primary;
  return {
    deployment: { taskDefinition, id, arn: undefined },
    previous: oldTaskDefinition(service),
    ending: false,
    text: `${taskDefinition}: ${runningCount} of ${desiredCount} tasks run`,
  };
}

// Without a rollout state, old tasks that still run are all that tells.
function moves(service: Service): boolean {
  const primary = primaryOf(service);
  if (primary?.rolloutState !== undefined) return primary.rolloutState === 'IN_PROGRESS';
  const others = (service.deployments ?? []).filter((one) => one !== primary);
  return others.some(({ runningCount = 0, pendingCount = 0 }) => runningCount + pendingCount > 0);
}

function oldTaskDefinition({ deployments = [] }: Service): string | undefined {
  return deployments.find(({ status }) => status !== 'PRIMARY')?.taskDefinition;
}
