import { startEvents } from '../../docker/engine-events.ts';
import type { Runtime, TaskEvent, TaskOrder } from '../ecs/runtime.ts';
import { Balancer } from './balancer.ts';
import { DockerTask } from './docker-task.ts';

/** The tasks of the emulated ECS as real containers, behind a load balancer on loopback. */
export interface DockerRuntime extends Runtime, AsyncDisposable {
  /** Containers that there are now, running or not. */
  containers(): Promise<string[]>;
}

/**
 * Starts a runtime on this machine's Docker engine. Everything it makes has a label of its own and is
 * gone once it is disposed of.
 */
export async function startDockerRuntime(): Promise<DockerRuntime> {
  const events = await startEvents('ecs');
  const tasks = new Map<string, DockerTask>();
  const addressOf = (taskArn: string, container: string, port: number) =>
    tasks.get(taskArn)?.addressOf(container, port);
  const balancer = new Balancer(addressOf);
  return {
    start(order: TaskOrder, tell: (event: TaskEvent) => void) {
      const task = new DockerTask(order, tell, events);
      tasks.set(order.arn, task);
      task.run();
    },
    stop: (taskArn) => tasks.get(taskArn)?.stop(),
    register: (target, tell) => balancer.register(target, tell),
    deregister: (target) => balancer.deregister(target),
    route: (traffic) => balancer.route(traffic),
    containers: () => events.containers(),
    async [Symbol.asyncDispose]() {
      await balancer[Symbol.asyncDispose]();
      for (const task of tasks.values()) task.abandon();
      await events[Symbol.asyncDispose]();
    },
  };
}
