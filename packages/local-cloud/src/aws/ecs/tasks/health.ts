import type { HealthStatus } from '@aws-sdk/client-ecs';
import type { TaskOrder } from '../runtime.ts';
import type { EcsTask } from './task.ts';

export function containerHealth(healthy: boolean): HealthStatus {
  return healthy ? 'HEALTHY' : 'UNHEALTHY';
}

/** Whether a task has a health check that decides. */
export function isChecked({ containers }: TaskOrder): boolean {
  return containers.some(({ essential, healthCheck }) => essential && healthCheck);
}

/**
 * Health of a task by its essential containers that have a check: one that fails decides, then one
 * that is not known yet.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html
 */
export function taskHealth({ order, wire }: EcsTask): HealthStatus {
  const checked = order.containers.filter(({ essential, healthCheck }) => essential && healthCheck);
  const states = checked.map(
    ({ name }) => wire.containers.find((one) => one.name === name)?.healthStatus,
  );
  if (states.includes('UNHEALTHY')) return 'UNHEALTHY';
  return states.length > 0 && states.every((state) => state === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}
