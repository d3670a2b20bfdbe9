import type { Deployment, Service } from '@aws-sdk/client-ecs';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { DeploymentRef } from './deployment-ref.ts';
import type { Goal } from './lifecycle.ts';
import type { TasksHealth } from './service-deployment.ts';

/** The deployment that is watched, and where a rollback of it leads. */
export interface Watched {
  deployment: Pick<DeploymentRef, 'id' | 'taskDefinition'>;
  /** ARN of the task definition before; undefined on a first deployment. */
  previous: string | undefined;
}

/**
 * Where a deployment is by the list of the service: what is left where the role may not see service
 * deployments. It knows no stages and no traffic.
 * @param health of its tasks; undefined when nobody has asked
 */
export function stateByDeployments(
  service: Service,
  watched: Watched,
  goal: Goal,
  health?: TasksHealth,
): RolloutState {
  const { deployments = [] } = service;
  const ours = deployments.find(({ id }) => id !== undefined && id === watched.deployment.id);
  if (ours?.status !== 'PRIMARY') return replaced(deployments, watched);
  const text = textOf(ours, deployments);
  switch (ours.rolloutState) {
    case 'COMPLETED':
      return { state: 'settled' };
    case 'FAILED': {
      const why = reasonOf(ours) || 'ECS gives no reason';
      return { state: 'failed', failure: Failure.of('ecs/rollout-failed', { why }) };
    }
    default: {
      const over = ours.rolloutState === undefined && byCounts(ours, deployments, goal);
      return over || isHealthy(ours, goal, health)
        ? { state: 'settled' }
        : { state: 'progress', text: text + waitingFor(goal, health) };
    }
  }
}

/** Whether all tasks of a deployment run, so that their health counts. */
export function isScaledUpByCounts(service: Service, id: string | undefined): boolean {
  const ours = (service.deployments ?? []).find((deployment) => deployment.id === id);
  return ours?.status === 'PRIMARY' && allRun(ours);
}

// A service behind a Classic Load Balancer has no rollout state: it is over when nothing else runs.
function byCounts(ours: Deployment, all: readonly Deployment[], goal: Goal): boolean {
  if (goal.kind !== 'completed' && goal.kind !== 'rolled-back') return false;
  const others = all.filter((other) => other !== ours);
  const left = others.some(({ runningCount = 0, pendingCount = 0 }) => runningCount + pendingCount);
  return allRun(ours) && !left;
}

function isHealthy(ours: Deployment, goal: Goal, health?: TasksHealth): boolean {
  return goal.kind === 'healthy' && allRun(ours) && health?.healthy === true;
}

function waitingFor(goal: Goal, health?: TasksHealth): string {
  return goal.kind === 'healthy' && health?.healthy === false ? `; ${health.text}` : '';
}

function allRun({ desiredCount, runningCount, pendingCount = 0 }: Deployment): boolean {
  if (desiredCount === undefined || runningCount === undefined) return false;
  return runningCount >= desiredCount && pendingCount === 0;
}

// What serves instead tells whether ECS went back or somebody else went on.
function replaced(deployments: readonly Deployment[], watched: Watched): RolloutState {
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const instead = primary?.taskDefinition ?? '';
  const { previous, deployment } = watched;
  if (instead !== '' && instead === previous && previous !== deployment.taskDefinition) {
    const why = reasonOf(primary) || `it runs ${instead} again`;
    return { state: 'failed', failure: Failure.of('ecs/rolled-back', { why }) };
  }
  return { state: 'failed', failure: Failure.of('ecs/superseded', { by: instead || 'nothing' }) };
}

/** Why ECS says that it is so, as a clause; empty where it does not say. */
function reasonOf(deployment: Deployment | undefined): string {
  return deployment?.rolloutStateReason?.trim().replace(/\.$/, '') ?? '';
}

function textOf(ours: Deployment, all: readonly Deployment[]): string {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0, failedTasks = 0 } = ours;
  const old = all.filter((other) => other !== ours);
  const oldTasks = old.reduce((sum, { runningCount: running = 0 }) => sum + running, 0);
  return [
    ours.rolloutState ?? 'in progress',
    `${runningCount} of ${desiredCount} tasks run, ${pendingCount} pending`,
    ...(failedTasks > 0 ? [`${failedTasks} failed`] : []),
    ...(oldTasks > 0 ? [`${oldTasks} old tasks run`] : []),
  ].join('; ');
}
