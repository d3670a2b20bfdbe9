import { entry } from '../entry.ts';

/** Failures of Amazon ECS and of the services of AWS around it. */
export const ecsFailures = {
  'ecs/denied': entry({
    cause: (f: { who: string; action: string; resource: string; said: string }) =>
      `${f.who} may not ${f.action} on ${f.resource}: ${f.said}`,
    remedy: (f) =>
      `Allow \`${f.action}\` on ${f.resource} in a policy of the role. The README of deploy-ecs lists all permissions that a deployment needs.`,
  }),
  'ecs/session-expired': entry({
    cause: (f: { who: string; said: string }) => `The session of ${f.who} has ended: ${f.said}`,
    remedy: () =>
      'Give the action `aws-role`: then it renews the session itself for as long as the job runs.',
  }),
  'ecs/session-invalid': entry({
    cause: (f: { who: string; said: string }) =>
      `AWS does not accept the credentials of ${f.who}: ${f.said}`,
    remedy: () =>
      'Check that they belong together, are still active and are of this partition of AWS; or give `aws-role` instead. A clock of the runner that is minutes wrong looks the same.',
  }),
  'ecs/cluster-not-found': entry({
    cause: (f: { cluster: string; region: string; said: string }) =>
      `There is no active cluster ${f.cluster} in ${f.region}: ${f.said}`,
    remedy: () => 'Correct `cluster` or `aws-region`, or check the account of `aws-role`.',
  }),
  'ecs/service-not-found': entry({
    cause: (f: { service: string; cluster: string; region: string }) =>
      `There is no service ${f.service} in the cluster ${f.cluster} in ${f.region}.`,
    remedy: () =>
      'Correct `service`, `cluster` or `aws-region`; or give `service-definition`, from which it is created.',
  }),
  'ecs/service-inactive': entry({
    cause: (f: { service: string; cluster: string; said: string }) =>
      `The service ${f.service} in the cluster ${f.cluster} is not active: ${f.said}`,
    remedy: () =>
      'It was deleted, or is being deleted. Wait until that is over and create it again, with `service-definition` for example.',
  }),
  'ecs/task-definition-not-found': entry({
    cause: (f: { taskDefinition: string; region: string; said: string }) =>
      `There is no active task definition ${f.taskDefinition} in ${f.region}: ${f.said}`,
    remedy: () =>
      'Correct `task-definition`: a family, `family:revision` or an ARN of this region and account. A revision that was deregistered cannot be started again.',
  }),
  'ecs/service-deployment-not-found': entry({
    cause: (f: { said: string }) => `The service deployment is not known any more: ${f.said}`,
    remedy: () =>
      'ECS keeps service deployments for 90 days. Look at the deployments of the service and run the job again.',
  }),
  'ecs/role': entry({
    cause: (f: { call: string; said: string; roles: string }) =>
      `ECS did not accept a role (${f.call}): ${f.said}.${f.roles && ` It was given ${f.roles}.`}`,
    remedy: () =>
      'Check `taskRoleArn` and `executionRoleArn`: both have to exist in this account and trust ecs-tasks.amazonaws.com.',
  }),
  'ecs/quota': entry({
    cause: (f: { call: string; said: string }) =>
      `A quota of the account does not allow ${f.call}: ${f.said}`,
    remedy: () =>
      'Ask for a higher one in the console at Service Quotas, or free what is not used any more.',
  }),
  'ecs/throttled': entry({
    cause: (f: { call: string; waited: string }) =>
      `AWS asked for fewer calls of ${f.call} for ${f.waited}.`,
    remedy: () =>
      'Something in the account makes very many calls in this region. Find it in CloudTrail, and run the job again.',
  }),
  'ecs/conflict': entry({
    cause: (f: { call: string; said: string }) =>
      `Something else is going on at the same time (${f.call}): ${f.said}`,
    remedy: () => 'Wait until that is over and run the job again.',
  }),
  'ecs/platform': entry({
    cause: (f: { said: string }) => `The platform cannot run this task definition: ${f.said}`,
    remedy: () =>
      'Correct `platformVersion` and the launch type of the service, or what the task definition asks for.',
  }),
  'ecs/unsupported': entry({
    cause: (f: { call: string; region: string; said: string }) =>
      `${f.call} asks for something that ${f.region} does not have: ${f.said}`,
    remedy: () => 'Leave that setting out, or use a region that has it.',
  }),
  'ecs/blocked': entry({
    cause: (f: { said: string }) => `AWS has blocked the account: ${f.said}`,
    remedy: () => 'Contact AWS Support.',
  }),
  'ecs/invalid': entry({
    cause: (f: { call: string; said: string }) => `ECS does not take this ${f.call}: ${f.said}`,
    remedy: () =>
      'Correct what it names in the task definition, in `service-definition` or in the inputs.',
  }),
  'ecs/rejected': entry({
    cause: (f: { call: string; said: string }) => `AWS refused ${f.call}: ${f.said}`,
    remedy: () => 'Correct what it names and run the job again.',
  }),
  'ecs/unavailable': entry({
    cause: (f: { call: string; said: string }) => `${f.call} got no usable answer: ${f.said}.`,
    remedy: () =>
      'Check that the runner reaches AWS. If what it said is not about your network or account, look at the status page of AWS and run the job again.',
  }),
} as const;
