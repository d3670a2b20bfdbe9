import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { type Goal, hasReached, isPausedForProof } from './lifecycle.ts';
import { progressOf, whyItEnded } from './progress.ts';

/** What was found out about the tasks of a deployment that has all of them. */
export type TasksHealth = { healthy: true } | { healthy: false; text: string };

/**
 * Where a service deployment is on its way to a goal. Only what ECS documents as an end is one: a
 * status of tomorrow is progress that is said, never green.
 * @param health of its tasks; undefined when nobody has asked
 */
export function stateOf(seen: ServiceDeployment, goal: Goal, health?: TasksHealth): RolloutState {
  return goal.kind === 'rolled-back' ? backward(seen) : forward(seen, goal, health);
}

/** Whether every task of the new version runs and gets its traffic, so that their health counts. */
export function isScaledUp(seen: ServiceDeployment): boolean {
  const { requestedTaskCount, runningTaskCount, pendingTaskCount } =
    seen.targetServiceRevision ?? {};
  if (requestedTaskCount === undefined || runningTaskCount === undefined) return false;
  return (
    runningTaskCount >= requestedTaskCount &&
    (pendingTaskCount ?? 0) === 0 &&
    (movesAllAtOnce(seen) || hasReached(seen, 'POST_PRODUCTION_TRAFFIC_SHIFT'))
  );
}

/** Whether it is over, well or not; nothing that ECS would still do. */
export function isOver({ status }: ServiceDeployment): boolean {
  return (
    status === 'SUCCESSFUL' ||
    status === 'STOPPED' ||
    status === 'ROLLBACK_SUCCESSFUL' ||
    status === 'ROLLBACK_FAILED'
  );
}

/** Whether ECS is taking it back, or has. */
export function isRollingBack({ status }: ServiceDeployment): boolean {
  return (
    status === 'ROLLBACK_REQUESTED' ||
    status === 'ROLLBACK_IN_PROGRESS' ||
    status === 'ROLLBACK_SUCCESSFUL'
  );
}

function forward(seen: ServiceDeployment, goal: Goal, health?: TasksHealth): RolloutState {
  const why = whyItEnded(seen);
  switch (seen.status) {
    case 'SUCCESSFUL':
      return { state: 'settled' };
    case 'IN_PROGRESS':
      return inProgress(seen, goal, health);
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
    case 'ROLLBACK_SUCCESSFUL':
      return failed(Failure.of('ecs/rolled-back', { why }));
    case 'ROLLBACK_FAILED':
      return failed(Failure.of('ecs/rollback-failed', { why }));
    case 'STOP_REQUESTED':
    case 'STOPPED':
      return failed(Failure.of('ecs/stopped', { why }));
    default:
      return { state: 'progress', text: progressOf(seen) };
  }
}

function inProgress(seen: ServiceDeployment, goal: Goal, health?: TasksHealth): RolloutState {
  if (isThere(seen, goal, health)) return { state: 'settled' };
  const text = progressOf(seen);
  const waiting = goal.kind === 'healthy' && health?.healthy === false ? `; ${health.text}` : '';
  return { state: 'progress', text: text + waiting };
}

function isThere(seen: ServiceDeployment, goal: Goal, health?: TasksHealth): boolean {
  switch (goal.kind) {
    case 'healthy':
      return isScaledUp(seen) && health?.healthy === true;
    case 'stage':
      return hasReached(seen, goal.stage);
    case 'paused':
      // Behind the hook somebody else has let it go on: the test traffic is there all the same.
      return isPausedForProof(seen) || hasReached(seen, 'PRE_PRODUCTION_TRAFFIC_SHIFT');
    case 'share':
      return (
        (seen.targetServiceRevision?.requestedProductionTrafficWeight ?? 0) >= goal.percent ||
        hasReached(seen, 'POST_PRODUCTION_TRAFFIC_SHIFT')
      );
    default:
      return false;
  }
}

// The same deployment, once it was told to roll back.
function backward(seen: ServiceDeployment): RolloutState {
  switch (seen.status) {
    case 'ROLLBACK_SUCCESSFUL':
      return { state: 'settled' };
    case 'ROLLBACK_FAILED':
    case 'STOPPED':
      return failed(Failure.of('ecs/rollback-failed', { why: whyItEnded(seen) }));
    case 'SUCCESSFUL':
      return failed(Failure.of('ecs/rollback-failed', { why: 'it ended before it was stopped' }));
    default:
      return { state: 'progress', text: progressOf(seen) };
  }
}

function movesAllAtOnce({ deploymentConfiguration }: ServiceDeployment): boolean {
  return (deploymentConfiguration?.strategy ?? 'ROLLING') === 'ROLLING';
}

function failed(failure: Failure): RolloutState {
  return { state: 'failed', failure };
}
