import type { Task } from '@aws-sdk/client-ecs';
import { Failure } from '@slipway/shared/failure/failure';
import type { FailureKind } from './known-causes.ts';
import { countOf, type FailedTasks, groupFailures } from './stopped-tasks.ts';

/** So many tasks that ended in the same way are no accident: of few tasks two, of many a tenth. */
const enough = { least: 2, share: 0.1, most: 20 };

/**
 * The verdict on the stopped tasks of one deployment, before ECS comes to one: its circuit breaker
 * waits for three at least, and for half of the tasks. One task is enough where the next one cannot end better, such as without an
 * image. What says nothing about the version, and want of capacity, is never decisive.
 * @param tasks how many the service is to have
 */
export function decisiveFailure(stopped: readonly Task[], tasks = 1): Failure | undefined {
  const { least, most, share } = enough;
  const needed = Math.min(most, Math.max(least, Math.ceil(tasks * share)));
  const groups = groupFailures(stopped).filter(({ failure }) => failure.kind !== 'capacity');
  const group =
    groups.find(({ failure }) => failure.final) ?? groups.find((one) => one.tasks.length >= needed);
  return group && failureOf(group);
}

/** A group of failed tasks as a failure of the catalogue. */
export function failureOf({ failure, tasks }: FailedTasks): Failure {
  const { image = 'the image', kind, remedy, said, what } = failure;
  const why = said === '' ? what : `${what}; ECS: ${said}`;
  return Failure.of(codes[kind], { count: countOf(tasks.length), image, why, remedy });
}

const codes = {
  image: 'ecs/image-pull',
  secret: 'ecs/secret',
  start: 'ecs/task-start',
  capacity: 'ecs/capacity',
  memory: 'ecs/out-of-memory',
  exit: 'ecs/task-exited',
  health: 'ecs/unhealthy',
} as const satisfies Record<FailureKind, string>;
