import type { Task } from '@aws-sdk/client-ecs';
import type { Failure } from '@slipway/shared/failure/failure';
import type { EcsApi } from '../api/ecs-api.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import { isDenied, withoutIt } from './patience.ts';
import type { ServiceName } from './read-service.ts';
import type { TasksHealth } from './service-deployment.ts';
import { describeTasks, isOf, listTasks } from './service-tasks.ts';

/** What the tasks of a deployment are asked with. */
export interface TaskWatchTools {
  api: EcsApi;
  name: ServiceName;
  say(line: string): void;
  /** The verdict on the stopped tasks of a deployment. */
  decisiveFailure(tasks: readonly Task[]): Failure | undefined;
  /** What the load balancers still say against tasks; undefined where nothing is. */
  targetsAgainst(tasks: readonly Task[], signal: AbortSignal): Promise<string | undefined>;
  /** Whether a container of the new version has a health check of its own. */
  hasHealthCheck(): boolean;
}

/** Looks at the tasks of one deployment of a service, those of other deployments aside. */
export class TaskWatch {
  readonly #tools: TaskWatchTools;
  readonly #stopped = new Map<string, Task>();
  #denied = false;
  #noTargets = false;

  constructor(tools: TaskWatchTools) {
    this.#tools = tools;
  }

  /** What its stopped tasks say already, before ECS gives it up. */
  failureOf(deployment: DeploymentRef, signal: AbortSignal): Promise<Failure | undefined> {
    return this.#allowed(async () => {
      const arns = await this.#list('STOPPED', signal);
      const unknown = arns.filter((arn) => !this.#stopped.has(arn));
      for (const task of await this.#describe(unknown, signal)) {
        if (task.taskArn) this.#stopped.set(task.taskArn, task);
      }
      const own = [...this.#stopped.values()].filter((task) => isOf(task, deployment));
      return this.#tools.decisiveFailure(own);
    });
  }

  /** Whether every running task of it is healthy; undefined where the role may not see that. */
  async healthOf(deployment: DeploymentRef, signal: AbortSignal): Promise<TasksHealth | undefined> {
    return this.#allowed(async () => {
      const all = await this.#describe(await this.#list('RUNNING', signal), signal);
      const own = all.filter((task) => isOf(task, deployment));
      const waiting = own.filter((task) => !this.#isHealthy(task));
      if (waiting.length === 0) {
        const text = await this.#targetsAgainst(own, signal);
        if (this.#noTargets) return undefined;
        return text === undefined ? { healthy: true } : { healthy: false, text };
      }
      return {
        healthy: false,
        text: `${own.length - waiting.length} of ${own.length} tasks are healthy`,
      };
    });
  }

  async #targetsAgainst(own: readonly Task[], signal: AbortSignal): Promise<string | undefined> {
    if (this.#noTargets) return undefined;
    try {
      return await this.#tools.targetsAgainst(own, signal);
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.#noTargets = true;
      this.#tools.say(withoutIt(error, 'healthy is only seen once ECS has completed the rollout'));
      return undefined;
    }
  }

  // UNKNOWN is said of a check that has no result yet, and of a task without any.
  #isHealthy({ lastStatus, healthStatus }: Task): boolean {
    if (lastStatus !== 'RUNNING') return false;
    if (healthStatus === 'HEALTHY') return true;
    return healthStatus !== 'UNHEALTHY' && !this.#tools.hasHealthCheck();
  }

  #list(desiredStatus: 'RUNNING' | 'STOPPED', signal: AbortSignal): Promise<string[]> {
    return listTasks(this.#tools.api, this.#tools.name, desiredStatus, signal);
  }

  #describe(arns: readonly string[], signal: AbortSignal): Promise<Task[]> {
    return describeTasks(this.#tools.api, this.#tools.name.cluster, arns, signal);
  }

  async #allowed<T>(ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#denied) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!isDenied(error)) throw error;
      // Two of them may have asked at the same time.
      if (this.#denied) return undefined;
      this.#denied = true;
      this.#tools.say(
        withoutIt(
          error,
          'a failure is only seen once ECS itself gives up, and healthy once ECS has completed the rollout',
        ),
      );
      return undefined;
    }
  }
}
