import type { ServiceDeployment, ServiceRevisionSummary } from '@aws-sdk/client-ecs';
import { awaitingHooks } from './lifecycle.ts';

/** Where a service deployment is, for people. */
export function progressOf(seen: ServiceDeployment): string {
  const { status = 'without a status', lifecycleStage, targetServiceRevision: target } = seen;
  const stage = lifecycleStage ? `, stage ${lifecycleStage}` : '';
  const parts = [
    `${status}${stage}`,
    ...tasksOf(target),
    ...trafficOf(target),
    ...failuresOf(seen),
    ...awaitingHooks(seen).map(({ hookId = '?', expiresAt, timeoutAction }) => {
      const end = expiresAt ? ` or, at ${expiresAt.toISOString()}, ${timeoutAction ?? 'ends'}` : '';
      return `paused until somebody continues hook ${hookId}${end}`;
    }),
  ];
  return parts.join('; ');
}

/** Why a service deployment did not end well: everything that ECS says about it. */
export function whyItEnded(seen: ServiceDeployment): string {
  const { status = '', statusReason = '', rollback, alarms, lifecycleHookDetails = [] } = seen;
  const hooks = lifecycleHookDetails.filter(
    (hook) => hook.status === 'FAILED' || hook.status === 'TIMED_OUT',
  );
  const parts = [
    statusReason,
    rollback?.reason === statusReason ? '' : (rollback?.reason ?? ''),
    ...failuresOf(seen),
    ...(alarms?.triggeredAlarmNames ?? []).map((name) => `alarm ${name} went off`),
    ...hooks.map((hook) => `lifecycle hook ${hook.targetArn ?? hook.hookId ?? '?'} ${hook.status}`),
  ];
  const said = parts.map((part) => part.trim().replace(/\.$/, '')).filter((part) => part !== '');
  return said.length > 0 ? said.join('; ') : `its status is ${status}, and ECS gives no reason`;
}

function tasksOf(target: ServiceRevisionSummary | undefined): string[] {
  if (target?.requestedTaskCount === undefined) return [];
  const { requestedTaskCount, runningTaskCount = 0, pendingTaskCount = 0 } = target;
  return [`${runningTaskCount} of ${requestedTaskCount} tasks run, ${pendingTaskCount} pending`];
}

function trafficOf(target: ServiceRevisionSummary | undefined): string[] {
  const { requestedProductionTrafficWeight: production, requestedTestTrafficWeight: test } =
    target ?? {};
  return [
    ...(test === undefined ? [] : [`${test} % of the test traffic`]),
    ...(production === undefined ? [] : [`${production} % of the production traffic`]),
  ];
}

function failuresOf({ deploymentCircuitBreaker: breaker }: ServiceDeployment): string[] {
  if (!breaker?.failureCount) return [];
  const { failureCount, threshold } = breaker;
  const of = threshold === undefined ? '' : ` of ${threshold}`;
  return [`circuit breaker counts ${failureCount}${of} failed tasks`];
}
