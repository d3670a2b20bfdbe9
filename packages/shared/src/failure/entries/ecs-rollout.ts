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
  'ecs/in-flight': entry({
    cause: (f: { service: string; what: string }) =>
      `Another deployment of ${f.service} is in flight, which brings ${f.what}, and on-conflict is fail.`,
    remedy: () =>
      'Run the job again when it is over, or set `on-conflict` to `wait` or `take-over`.',
  }),
  'ecs/in-flight-timeout': entry({
    cause: (f: { service: string; what: string; waited: string }) =>
      `Another deployment of ${f.service}, which brings ${f.what}, was still in flight after ${f.waited}. Nothing was changed.`,
    remedy: () =>
      'Raise `lock-timeout`, or set `on-conflict` to `take-over`. A deployment that is paused waits for ContinueServiceDeployment.',
  }),
  'ecs/controller': entry({
    cause: (f: { service: string; cluster: string; controller: string }) =>
      `The service ${f.service} has the deployment controller ${f.controller}; only ECS itself can be told what to deploy.`,
    remedy: (f) =>
      f.controller === 'EXTERNAL'
        ? 'AWS describes no change of this controller in place: let `service-definition` create a second service under another name, which ECS deploys, move the traffic to it, and delete this one.'
        : `Bring the service to the controller ECS: \`aws ecs update-service --cluster ${f.cluster} --service ${f.service} --deployment-controller type=ECS\`, with its load balancers as the guide "Migrate to Amazon ECS blue/green deployments" shows. ECS then has blue-green, canary and linear by itself.`,
  }),
  'ecs/traffic-settings': entry({
    cause: (f: { service: string; how: string; missing: string }) =>
      `The service ${f.service}, which is deployed by ${f.how}, has no ${f.missing}.`,
    remedy: () =>
      'Add it to the service, by Terraform for example. ECS moves traffic between two target groups by listener rules, with the infrastructure role in `roleArn`.',
  }),
  'ecs/no-deployment': entry({
    cause: (f: { service: string; taskDefinition: string }) =>
      `ECS has taken the change of ${f.service}, but the service is not set to run ${f.taskDefinition}.`,
    remedy: () =>
      'Somebody else changed the service at the same moment. Look at its deployments and run the job again.',
  }),
  'ecs/no-address': entry({
    cause: (f: { service: string; why: string }) =>
      `${f.service} cannot be asked at health-path: ${f.why}.`,
    remedy: () => 'Give the whole address as `health-url`.',
  }),
} as const;
