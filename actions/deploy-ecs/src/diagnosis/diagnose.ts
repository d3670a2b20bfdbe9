import type { Service, Task } from '@aws-sdk/client-ecs';
import { Findings } from '@slipway/shared/deploy/findings';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { Clock } from '@slipway/shared/time/clock';
import type { EcsApi } from '../api/ecs-api.ts';
import type { LoadBalancingApi } from '../api/load-balancing.ts';
import type { LogsApi } from '../api/logs.ts';
import type { DeploymentRef } from '../rollout/deployment-ref.ts';
import { describeTasks, isOf, listTasks } from '../rollout/service-tasks.ts';
import { troubleSince } from './events.ts';
import { logSource, mainContainer } from './log-source.ts';
import { logTail } from './log-tail.ts';
import { groupFact, groupFailures } from './stopped-tasks.ts';
import { addressesOf, targetFacts, targetGroupsOf } from './target-health.ts';

/** A deployment that failed, and what to ask about it with. */
export interface Diagnosed {
  api: EcsApi;
  logs: LogsApi;
  targets: LoadBalancingApi;
  cluster: string;
  service: string;
  deployment: DeploymentRef;
  /** When it began, in milliseconds since the epoch. */
  since: number;
  clock: Clock;
}

const mostGroups = 4;
const mostLogs = 3;
const lines = 30;

/**
 * Finds out why a deployment failed: its stopped tasks, what the load balancer says, alarms, events, the
 * last log lines. Reads only, and never throws for a thing that cannot be read: that is a fact too.
 */
export async function diagnose(o: Diagnosed, signal: AbortSignal): Promise<Evidence> {
  const found = new Findings(o.clock, signal);
  const service = await found.find('the service', (within) => serviceOf(o, within));
  const since = startOf(service, o);
  const [stopped = [], running = []] = await Promise.all([
    found.find('its stopped tasks', (within) => tasksOf(o, 'STOPPED', within)),
    found.find('its running tasks', (within) => tasksOf(o, 'RUNNING', within)),
    found.find('the service deployment', (within) => deploymentFacts(o, found, within)),
  ]);
  const groups = groupFailures(stopped);
  found.fact(...groups.slice(0, mostGroups).map(groupFact));
  const addresses = addressesOf([...running, ...stopped]);
  // Without a task that failed, one that runs may tell why it does not get healthy.
  const logged =
    groups.length > 0
      ? groups.map(({ failure, tasks }) => ({ container: failure.container, task: tasks.at(-1) }))
      : running.slice(0, 1).map((task) => ({ container: undefined, task }));
  await Promise.all([
    ...targetGroupsOf(service)
      .slice(0, mostGroups)
      .map((group) =>
        found.find(`the health of the targets in ${group}`, async (within) => {
          const answer = await o.targets.describeTargetHealth({ TargetGroupArn: group }, within);
          found.fact(...targetFacts(group, answer.TargetHealthDescriptions ?? [], addresses));
        }),
      ),
    found.find('the log lines', (within) => readLogs(o, logged.slice(0, mostLogs), found, within)),
  ]);
  found.fact(...troubleSince(service?.events ?? [], since));
  return found.evidence;
}

async function serviceOf(o: Diagnosed, signal: AbortSignal): Promise<Service | undefined> {
  const { api, cluster, service } = o;
  return (await api.describeServices({ cluster, services: [service] }, signal)).services?.[0];
}

// The clock of ECS is what its events go by.
function startOf(service: Service | undefined, { deployment, since }: Diagnosed): number {
  const own = service?.deployments?.find(({ id }) => id !== undefined && id === deployment.id);
  return own?.createdAt?.getTime() ?? since;
}

async function tasksOf(
  { api, cluster, deployment, service }: Diagnosed,
  desiredStatus: 'RUNNING' | 'STOPPED',
  signal: AbortSignal,
): Promise<Task[]> {
  const arns = await listTasks(api, { cluster, service }, desiredStatus, signal);
  const tasks = await describeTasks(api, cluster, arns, signal);
  return tasks.filter((task) => isOf(task, deployment));
}

async function deploymentFacts(
  { api, deployment }: Diagnosed,
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  if (!deployment.arn) return;
  const { serviceDeployments = [] } = await api.describeServiceDeployments(
    { serviceDeploymentArns: [deployment.arn] },
    signal,
  );
  const [{ alarms, deploymentCircuitBreaker: breaker, status, statusReason } = {}] =
    serviceDeployments;
  if (statusReason) found.fact(`service deployment ${status ?? ''}: ${statusReason}`);
  for (const name of alarms?.triggeredAlarmNames ?? []) found.fact(`the alarm ${name} went off`);
  if (breaker?.failureCount) {
    found.fact(`circuit breaker: ${breaker.failureCount} of ${breaker.threshold ?? '?'} failures`);
  }
}

async function readLogs(
  o: Diagnosed,
  wanted: readonly { container: string | undefined; task: Task | undefined }[],
  found: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, deployment, logs } = o;
  const started = wanted.filter(({ task }) => task && hasRun(task));
  if (started.length === 0) return;
  const { taskDefinition } = await api.describeTaskDefinition(
    { taskDefinition: deployment.taskDefinition },
    signal,
  );
  for (const { container = mainContainer(taskDefinition), task } of started) {
    if (!task || container === undefined) continue;
    const source = logSource(taskDefinition, { container, task }, api.region);
    if (source.driver === 'other') {
      found.fact(`the output of ${container} went to ${source.where}`);
      continue;
    }
    const tail = await found.find(`the log of ${container}`, (within) =>
      logTail({ clock, logs }, source, lines, within),
    );
    found.log(`${container} (${source.group})`, tail ?? []);
    if (tail?.length === 0) found.fact(`${container} has written nothing to ${source.group}`);
  }
}

// A task that ends at once may have no time of a start.
function hasRun({ containers = [], startedAt }: Task): boolean {
  return startedAt !== undefined || containers.some(({ exitCode }) => exitCode !== undefined);
}
