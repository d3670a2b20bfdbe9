import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  type Emulated,
  emulatedService,
  withService,
} from '../../test/rollout/emulated-service.ts';

let ecs: Emulated;

beforeEach(async () => {
  ecs = await emulatedService();
  ecs.ecs.runtime.behave('crash', scripts.crash);
  await withService(ecs);
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

const image = () => ecs.service().primary?.definition.containerDefinitions?.[0]?.image;
const saidOnce = (said: string[], words: string) =>
  said.filter((line) => line.includes(words)).length;

describe('a permission that a deployment can do without', () => {
  it.each([
    ['ecs:DescribeServiceDeployments', 'So the rollout is followed by the deployments'],
    ['ecs:ListTasks', 'So a failure is only seen once ECS itself gives up'],
    ['ecs:DescribeTasks', 'So a failure is only seen once ECS itself gives up'],
  ])('%s: it is said once, and a good version is deployed', async (action, words) => {
    ecs.aws.permissions.withhold(action);
    const { failure, outputs, said } = await ecs.deploy('shop:2', { 'wait-for': 'healthy' });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed' });
    const fallback = said.filter((line) => line.includes(words));
    expect(fallback).toEqual([expect.stringContaining(`may not ${action} on `)]);
  });

  it.each([
    ['ecs:DescribeServiceDeployments', 'ecs/task-exited'],
    ['ecs:ListTasks', 'ecs/rolled-back'],
    ['ecs:StopServiceDeployment', 'ecs/task-exited'],
    ['ecs:DescribeServiceRevisions', 'ecs/task-exited'],
  ])('%s: a bad version is rolled back all the same', async (action, code) => {
    ecs.aws.permissions.withhold(action);
    const breaker = { 'circuit-breaker': true };
    const { closing, failure } = await ecs.deploy('shop:crash', breaker);
    expect(failure?.code).toBe(code);
    expect(closing).toMatch(/^rolled-back: shop in default serves the version before/);
    expect(image()).toBe('shop:1');
  });

  it('without all that shows a rollout, the deployments that the service lists are left', async () => {
    ecs.aws.permissions.withhold('ecs:DescribeServiceDeployments', 'ecs:ListTasks');
    const bad = await ecs.deploy('shop:crash', { 'circuit-breaker': true });
    expect(bad.failure?.code).toMatch(/^ecs\/rol/);
    expect(bad.closing).toMatch(/^rolled-back: /);
    const good = await ecs.deploy('shop:2');
    expect(good.outputs).toMatchObject({ status: 'deployed' });
  });
});

describe('a permission that a deployment needs', () => {
  it.each([
    ['ecs:DescribeServices', 'describeServices'],
    ['ecs:RegisterTaskDefinition', 'registerTaskDefinition'],
  ])('%s: the run ends before anything is changed', async (action, last) => {
    ecs.aws.permissions.withhold(action);
    const { closing, failure } = await ecs.deploy('shop:2');
    expect(failure?.code).toBe('ecs/denied');
    expect(failure?.message).toContain(action);
    expect(failure?.remedy).toContain(`\`${action}\``);
    expect(closing).toContain('was not changed');
    expect(ecs.calls.at(-1)).toBe(last);
  });

  it.each(['ecs:UpdateService', 'iam:PassRole'])('%s: nothing has changed', async (action) => {
    ecs.aws.permissions.withhold(action);
    const { closing, failure } = await ecs.deploy('shop:2');
    expect(failure?.code).toBe('ecs/denied');
    expect(closing).toMatch(/serves the version before \(shop:1\)/);
    expect(failure?.message).toContain(`may not ${action} on `);
    expect(ecs.service().revisions).toHaveLength(1);
  });
});

/** Requests of one operation. */
const of = (operation: string) => (request: { headers: Record<string, string | undefined> }) =>
  request.headers['x-amz-target']?.endsWith(`.${operation}`) === true;

const throttled = {
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }),
};

describe('what AWS does badly', () => {
  const operations = [
    'DescribeServices',
    'RegisterTaskDefinition',
    'UpdateService',
    'DescribeServiceDeployments',
    'ListTasks',
  ];

  it.each(operations)('%s is throttled: the run goes on', async (operation) => {
    ecs.aws.faults.when('ecs', of(operation), ...Array.from({ length: 7 }, () => throttled));
    const { failure, outputs } = await ecs.deploy('shop:2');
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(ecs.service().revisions).toHaveLength(2);
  });

  it.each(
    operations.flatMap((operation) =>
      ([{ status: 503 }, 'reset', 'lost'] as const).map((fault) => ({ operation, fault })),
    ),
  )('$operation, $fault once: the run goes on', async ({ operation, fault }) => {
    ecs.aws.faults.when('ecs', of(operation), fault);
    const { failure, outputs } = await ecs.deploy('shop:2');
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(ecs.service().revisions).toHaveLength(2);
  });

  it('an update whose answers are all lost has been made, and is watched', async () => {
    ecs.aws.faults.when('ecs', of('UpdateService'), 'lost', 'lost', 'lost');
    const { failure, outputs } = await ecs.deploy('shop:2');
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(ecs.service().revisions).toHaveLength(2);
  });

  it('an update that never arrives has changed nothing', async () => {
    const gone = Array.from({ length: 3 }, () => 'reset' as const);
    ecs.aws.faults.when('ecs', of('UpdateService'), ...gone);
    const { closing, failure } = await ecs.deploy('shop:2');
    expect(failure?.code).toBe('ecs/unavailable');
    expect(closing).toMatch(/^rolled-back: shop in default serves the version before \(shop:1\)/);
    expect(ecs.service().revisions).toHaveLength(1);
  });

  it('silence during a rollout is no reason to take it back', async () => {
    const down = Array.from({ length: 30 }, () => ({ status: 503 }));
    ecs.before.set('updateService', () =>
      ecs.aws.faults.when('ecs', of('DescribeServiceDeployments'), ...down),
    );
    const { outputs, said } = await ecs.deploy('shop:2');
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(saidOnce(said, 'DescribeServiceDeployments got no usable answer')).toBeGreaterThan(0);
  });

  it('a rollback is asked for until AWS takes it', async () => {
    const down = Array.from({ length: 20 }, () => 'reset' as const);
    ecs.aws.faults.when('ecs', of('StopServiceDeployment'), ...down);
    const { closing, failure } = await ecs.deploy('shop:crash');
    expect(failure?.code).toBe('ecs/task-exited');
    expect(closing).toMatch(/^rolled-back: /);
    expect(image()).toBe('shop:1');
  });
});
