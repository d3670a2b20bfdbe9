import type { Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { decisiveFailure } from '../../src/diagnosis/decisive-failure.ts';
import { crashed, notStarted, scheduled, stopped } from './tasks.ts';

const pull =
  'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref r.example/shop:9:';
const secrets =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s):';
const logger =
  'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream:';

describe('one task is enough where the next one ends the same way', () => {
  test.each([
    [`${pull} r.example/shop:9: not found`, 'ecs/image-pull', 'no such image'],
    [
      'CannotPullContainerError: Error response from daemon: manifest for shop:9 not found: manifest unknown: manifest unknown',
      'ecs/image-pull',
      'no such image',
    ],
    [
      "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/execution' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
      'ecs/task-start',
      'may not assume a role of the task',
    ],
    [
      `${pull} pulling from host 123456789012.dkr.ecr.eu-central-1.amazonaws.com failed with status code [manifests]: 403 Forbidden`,
      'ecs/image-pull',
      'may not pull',
    ],
    [
      "CannotPullContainerError: Error response from daemon: pull access denied for shop, repository does not exist or may require 'docker login'",
      'ecs/image-pull',
      'may not pull',
    ],
    [
      'CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to pull images from the registry.',
      'ecs/image-pull',
      'may not pull',
    ],
    [
      "CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'",
      'ecs/image-pull',
      'not built for the platform',
    ],
    [
      'CannotPullContainerError: no matching manifest for linux/arm64/v8 in the manifest list entries',
      'ecs/image-pull',
      'not built for the platform',
    ],
    [
      'CannotPullContainerError: failed to extract layer: write /app: no space left on device',
      'ecs/image-pull',
      'no room for the image',
    ],
    [
      `${secrets} failed to fetch secret arn:x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
      'ecs/secret',
      'no such secret',
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /shop/db',
      'ecs/secret',
      'no such secret',
    ],
    [
      `${secrets} AccessDeniedException: User: arn:x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:y`,
      'ecs/secret',
      'may not read a secret',
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key db',
      'ecs/secret',
      'no such JSON key',
    ],
    [
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to get registry auth from ecr: AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken',
      'ecs/image-pull',
      'may not log in to ECR',
    ],
    [
      `${logger} ResourceNotFoundException: The specified log group does not exist.`,
      'ecs/task-start',
      'log group does not exist',
    ],
    [
      `${logger} AccessDeniedException: User is not authorized to perform: logs:CreateLogStream`,
      'ecs/task-start',
      'may not write its logs',
    ],
    [
      'CannotStartContainerError: failed to create task for container: OCI runtime create failed: exec: "servr": executable file not found in $PATH: unknown',
      'ecs/task-start',
      'command was not found',
    ],
    [
      'CannotStartContainerError: exec /app/start.sh: exec format error',
      'ecs/task-start',
      'another CPU',
    ],
    [
      'CannotStartContainerError: exec: "/app/start.sh": permission denied: unknown',
      'ecs/task-start',
      'may not be run',
    ],
  ])('%s', (reason, code, cause) => {
    for (const task of [notStarted(reason), notStarted('Task failed to start', { reason })]) {
      const failure = decisiveFailure([task]);
      expect(failure?.code).toBe(code);
      expect(failure?.message).toContain(cause);
      expect(failure?.message).toContain('1 task ');
      expect(failure?.remedy).toMatch(/^[A-Z].*\.$/);
    }
  });

  test.each([
    [126, 'no program that may be run'],
    [127, 'not found in the image'],
  ])('exit code %d', (exitCode, meaning) => {
    expect(decisiveFailure([crashed(exitCode)])?.message).toContain(meaning);
  });
});

describe('two tasks that end in the same way are enough', () => {
  test.each<[string, () => Task, string, string]>([
    ['exit code 0', () => crashed(0), 'ecs/task-exited', 'as if it were done'],
    [
      'exit code 1',
      () => crashed(1),
      'ecs/task-exited',
      'web exited with code 1 (the app ended itself',
    ],
    ['exit code 3', () => crashed(3), 'ecs/task-exited', 'exited with code 3'],
    ['exit code 137', () => crashed(137), 'ecs/task-exited', 'want of memory, or because'],
    ['exit code 139', () => crashed(139), 'ecs/task-exited', 'segmentation fault'],
    ['exit code 143', () => crashed(143), 'ecs/task-exited', 'told to stop (SIGTERM)'],
    ['exit code 255', () => crashed(255), 'ecs/task-exited', 'exited with code 255'],
    [
      'out of memory',
      () => crashed(137, { reason: 'OutOfMemoryError: Container killed due to memory usage' }),
      'ecs/out-of-memory',
      'more memory than its limit',
    ],
    [
      'the health check of the load balancer',
      () => scheduled('Task failed ELB health checks in (target-group arn:aws:x)'),
      'ecs/unhealthy',
      'health check of the load balancer',
    ],
    [
      'the health check of the container',
      () => scheduled('Task failed container health checks'),
      'ecs/unhealthy',
      'health check of its container',
    ],
    [
      'a registry that is not reached',
      () => notStarted(`${pull} dial tcp 1.2.3.4:443: i/o timeout`),
      'ecs/image-pull',
      'does not reach the registry',
    ],
    [
      'too many pulls',
      () =>
        notStarted(
          'CannotPullContainerError: toomanyrequests: You have reached your pull rate limit',
        ),
      'ecs/image-pull',
      'no more pulls',
    ],
    [
      'a reason that is new',
      () => notStarted('NewError: something'),
      'ecs/task-start',
      'NewError: something',
    ],
  ])('%s', (_, task, code, words) => {
    expect(decisiveFailure([task()])).toBeUndefined();
    const failure = decisiveFailure([task(), task()]);
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(words);
    expect(failure?.message).toContain('2 tasks ');
  });

  test('but not two that end in two ways', () => {
    const health = scheduled('Task failed container health checks');
    expect(decisiveFailure([crashed(1), health])).toBeUndefined();
    expect(decisiveFailure([crashed(1), health, crashed(1)])?.code).toBe('ecs/task-exited');
  });
});

describe('of many tasks a tenth has to end in the same way', () => {
  test.each([
    [1, 2],
    [20, 2],
    [21, 3],
    [120, 12],
    [200, 20],
    [5_000, 20],
  ])('of %d tasks %d', (tasks, needed) => {
    const crashes = Array.from({ length: needed }, () => crashed(1));
    expect(decisiveFailure(crashes.slice(1), tasks)).toBeUndefined();
    expect(decisiveFailure(crashes, tasks)?.message).toContain(`${needed} tasks `);
  });

  test('but one is enough where the next one cannot end better', () => {
    expect(decisiveFailure([crashed(127)], 5_000)?.code).toBe('ecs/task-exited');
  });
});

describe('what says nothing about the version is never decisive', () => {
  test.each<[string, () => Task]>([
    [
      'a Spot interruption',
      () =>
        stopped(
          { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
          { exitCode: 143 },
        ),
    ],
    ['a termination notice', () => stopped({ stopCode: 'TerminationNotice' }, { exitCode: 137 })],
    [
      'a person',
      () =>
        stopped(
          { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' },
          { exitCode: 1 },
        ),
    ],
    [
      'a host that was retired',
      () => stopped({ stopCode: 'InfrastructureHealth' }, { exitCode: 137 }),
    ],
    [
      'a smaller number of tasks',
      () => scheduled('Scaling activity initiated by (deployment ecs-svc/1234567890)'),
    ],
    [
      'no room',
      () =>
        notStarted(
          'Capacity is unavailable at this time. Please try again later or in a different availability zone',
        ),
    ],
    [
      'no address',
      () => notStarted('Timeout waiting for network interface provisioning to complete.'),
    ],
  ])('%s', (_, task) => {
    expect(decisiveFailure([task(), task(), task(), task()])).toBeUndefined();
  });

  test('a crash that is hidden between them is', () => {
    const scaled = scheduled('Scaling activity initiated by (deployment ecs-svc/1)');
    expect(decisiveFailure([crashed(1), scaled, scaled, crashed(1)])?.code).toBe('ecs/task-exited');
  });
});

describe('of several containers the one that failed first counts', () => {
  test.each([
    [
      [
        { name: 'proxy', exitCode: 143 },
        { name: 'web', exitCode: 1 },
      ],
      'web exited with code 1',
    ],
    [
      [
        { name: 'web', exitCode: 0 },
        { name: 'proxy', exitCode: 2 },
      ],
      'proxy exited with code 2',
    ],
    [
      [
        { name: 'web', exitCode: 137 },
        {
          name: 'jobs',
          exitCode: 137,
          reason: 'OutOfMemoryError: Container killed due to memory usage',
        },
      ],
      'jobs exited with code 137 (killed: it used more',
    ],
    [[{ name: 'web' }, { name: 'jobs', exitCode: 139 }], 'jobs exited with code 139'],
  ])('%j', (containers, words) => {
    const task = stopped({ stopCode: 'EssentialContainerExited', containers });
    expect(decisiveFailure([task, task])?.message).toContain(words);
  });
});

test('a reason of a megabyte takes no time, and is cut', () => {
  const hostile = `CannotPullContainerError: ${'exec '.repeat(200_000)}`;
  const start = performance.now();
  const failure = decisiveFailure([notStarted(hostile), notStarted(hostile)]);
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(failure?.message.length).toBeLessThan(1_000);
});
