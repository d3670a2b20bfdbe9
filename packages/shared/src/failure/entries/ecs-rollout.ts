import { entry } from '../entry.ts';

/** Failures of a deployment of an ECS service: how it went, and what is in its way. */
export const ecsRolloutFailures = {
  'ecs/rolled-back': entry({
    cause: (f: { why: string }) => `ECS rolled this deployment back by itself: ${f.why}.`,
    remedy: () =>
      'The job summary shows why its tasks failed, or which alarm went off. The version before serves.',
  }),
  'ecs/rollback-failed': entry({
    cause: (f: { why: string }) =>
      `The rollback of ECS did not bring the version before back: ${f.why}.`,
    remedy: () =>
      'Look at the events of the service now: it may run tasks of both versions. Deploy a version that is known to work.',
  }),
  'ecs/stopped': entry({
    cause: (f: { why: string }) => `The deployment was stopped before it was over: ${f.why}.`,
    remedy: () =>
      'Somebody stopped it, or the circuit breaker or an alarm did without a rollback. The job summary shows what its tasks said.',
  }),
  'ecs/rollout-failed': entry({
    cause: (f: { why: string }) => `ECS gave the deployment up: ${f.why}.`,
    remedy: () => 'The job summary shows why its tasks failed.',
  }),
  'ecs/superseded': entry({
    cause: (f: { by: string }) =>
      `Another deployment has replaced this one, and was left alone. The service is set to run ${f.by}.`,
    remedy: () =>
      'Let one job at a time deploy a service: set `concurrency` in the workflow, or leave `on-conflict` at `wait`.',
  }),
} as const;
