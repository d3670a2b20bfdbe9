import { entry } from '../entry.ts';

/** Failures of the tasks of an ECS service, and of the one-off task before it. */
export const ecsTaskFailures = {
  'ecs/task-exited': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} stopped instead of serving: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/out-of-memory': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} ran out of memory: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/image-pull': entry({
    cause: (f: { count: string; image: string; why: string; remedy: string }) =>
      `${f.count} did not get ${f.image}: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/secret': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} did not get a secret: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/task-start': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} could not be started: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/capacity': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} found no room: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/unhealthy': entry({
    cause: (f: { count: string; why: string; remedy: string }) =>
      `${f.count} ran but never got healthy: ${f.why}.`,
    remedy: (f) => f.remedy,
  }),
  'ecs/run-before': entry({
    cause: (f: { command: string; why: string }) =>
      `The task of run-before failed (${f.command}): ${f.why}.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above.',
  }),
  'ecs/run-before-timeout': entry({
    cause: (f: { limit: string }) =>
      `The task of run-before did not end within ${f.limit}, which input run-before-timeout sets. It was told to stop.`,
    remedy: () =>
      'Nothing was rolled out, but what it has done so far stays: look at its log lines above. If it only needs longer, raise `run-before-timeout`.',
  }),
  'ecs/run-before-refused': entry({
    cause: (f: { why: string }) => `ECS did not start the task of run-before: ${f.why}.`,
    remedy: () => 'Nothing was changed. Correct what it names and run the job again.',
  }),
} as const;
