import type { Task } from '@aws-sdk/client-ecs';
import type { EcsApi } from '../api/ecs-api.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import type { ServiceName } from './read-service.ts';

type Api = Pick<EcsApi, 'describeTasks' | 'listTasks'>;

/** As many as DescribeTasks takes, and as a page of ListTasks has. */
const most = 100;
/**
 * Most pages that one look reads. A service has 5,000 tasks at most, and twice as many during a
 * rollout; of those that stopped, fewer tell as much.
 */
const mostPages = { RUNNING: 100, STOPPED: 10 };

/** ARNs of the tasks of a service, those of all its deployments. */
export async function listTasks(
  api: Api,
  { cluster, service }: ServiceName,
  desiredStatus: 'RUNNING' | 'STOPPED',
  signal: AbortSignal,
): Promise<string[]> {
  const all: string[] = [];
  const asked = { cluster, serviceName: service, desiredStatus, maxResults: most };
  let nextToken: string | undefined;
  for (let page = 0; page < mostPages[desiredStatus]; page += 1) {
    const answer = await api.listTasks({ ...asked, ...(nextToken && { nextToken }) }, signal);
    all.push(...(answer.taskArns ?? []));
    nextToken = answer.nextToken;
    if (!nextToken) break;
  }
  return all;
}

/** What ECS knows of tasks of a cluster; one that it does not know any more is left out. */
export async function describeTasks(
  api: Api,
  cluster: string,
  arns: readonly string[],
  signal: AbortSignal,
): Promise<Task[]> {
  const found: Task[] = [];
  for (let start = 0; start < arns.length; start += most) {
    const asked = { cluster, tasks: arns.slice(start, start + most) };
    found.push(...((await api.describeTasks(asked, signal)).tasks ?? []));
  }
  return found;
}

/** Whether a deployment has started a task; without its name, what the task runs has to tell. */
export function isOf(task: Task, { id, taskDefinition }: DeploymentRef): boolean {
  return id === undefined ? task.taskDefinitionArn === taskDefinition : task.startedBy === id;
}
