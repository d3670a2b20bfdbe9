import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import { minute, Shop } from './shop.ts';

const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
const logging = {
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': '/shop', 'awslogs-stream-prefix': 'app' },
};

describe('a task of its own', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  const run = (more: object = {}) =>
    shop.client.runTask({ taskDefinition: 'shop', networkConfiguration: network, ...more });
  const described = async (arn = '') => {
    const { tasks: [task] = [] } = await shop.client.describeTasks({ tasks: [arn] });
    return task;
  };

  it('comes through its states, and tells its end', async () => {
    shop.ecs.runtime.behave(':1', scripts.task);
    await shop.register('1');
    const { tasks: [task] = [] } = await run({ startedBy: 'ci' });
    const seen: (string | undefined)[] = [];
    for (let second = 0; second < 30; second += 1) {
      const now = await described(task?.taskArn);
      if (seen.at(-1) !== now?.lastStatus) seen.push(now?.lastStatus);
      shop.clock.pass(1_000);
    }
    expect(seen).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'DEPROVISIONING', 'STOPPED']);
    expect(await described(task?.taskArn)).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      startedBy: 'ci',
      group: 'family:shop',
      containers: [{ name: 'web', exitCode: 0, imageDigest: expect.stringMatching(/^sha256:/) }],
    });
  });

  it('is gone an hour after its end', async () => {
    shop.ecs.runtime.behave(':1', scripts.task);
    await shop.register('1');
    const { tasks: [task] = [] } = await run();
    shop.clock.pass(30 * minute);
    expect(await described(task?.taskArn)).toBeDefined();
    shop.clock.pass(40 * minute);
    const { failures } = await shop.client.describeTasks({ tasks: [task?.taskArn ?? ''] });
    expect(failures).toMatchObject([{ arn: task?.taskArn, reason: 'MISSING' }]);
  });

  it('is started once for one client token', async () => {
    await shop.register('1');
    const first = await run({ clientToken: 'run-1', count: 2 });
    const again = await run({ clientToken: 'run-1', count: 2 });
    expect(again.tasks?.map(({ taskArn }) => taskArn)).toEqual(
      first.tasks?.map(({ taskArn }) => taskArn),
    );
    expect(shop.world.tasks.all).toHaveLength(2);
    await expect(run({ clientToken: 'run-1', count: 1 })).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it('that finds no place is a failure beside HTTP 200', async () => {
    await shop.register('1');
    shop.world.setPlacement('RESOURCE:ENI');
    expect(await run()).toMatchObject({ tasks: [], failures: [{ reason: 'RESOURCE:ENI' }] });
  });

  it.each<[more: object, error: object]>([
    [{ count: 11 }, { name: 'InvalidParameterException' }],
    [{ taskDefinition: 'gone' }, { message: 'TaskDefinition not found.' }],
    [{ cluster: 'gone' }, { name: 'ClusterNotFoundException', message: 'Cluster not found.' }],
    [
      { networkConfiguration: undefined },
      {
        message: "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      },
    ],
    [
      { overrides: { containerOverrides: [{ name: 'db' }] } },
      { message: 'Override for container named db is not a container in the TaskDefinition.' },
    ],
    [
      {
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-9'] } },
      },
      { message: "The subnet ID 'subnet-9' does not exist" },
    ],
  ])('is refused with %j', async (more, error) => {
    await shop.register('1');
    shop.world.networks = new Set(['subnet-1']);
    await expect(run(more)).rejects.toMatchObject(error);
  });

  it('that is stopped gets SIGTERM, then SIGKILL after its stop timeout', async () => {
    shop.ecs.runtime.behave(':1', scripts.stubborn);
    await shop.register('1');
    const { tasks: [task] = [] } = await run();
    shop.clock.pass(minute);
    await shop.client.stopTask({ task: task?.taskArn, reason: 'enough' });
    shop.clock.pass(29_000);
    expect(await described(task?.taskArn)).toMatchObject({ lastStatus: 'STOPPING' });
    shop.clock.pass(10_000);
    expect(await described(task?.taskArn)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode: 137 }],
    });
  });

  it.each([0, 5_000, 12_000, 16_000])('can be stopped %i ms after it was asked for', async (ms) => {
    await shop.register('1');
    const { tasks: [task] = [] } = await run();
    shop.clock.pass(ms);
    await shop.client.stopTask({ task: task?.taskArn });
    shop.clock.pass(minute);
    expect(await described(task?.taskArn)).toMatchObject({ lastStatus: 'STOPPED' });
  });

  it('a secret that is not there ends it before it starts', async () => {
    const valueFrom = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db';
    await shop.register('1', {
      executionRoleArn: 'arn:aws:iam::123456789012:role/run',
      containerDefinitions: [
        { name: 'web', image: 'shop:1', secrets: [{ name: 'DB', valueFrom }] },
      ],
    });
    const { tasks: [task] = [] } = await run();
    shop.clock.pass(minute);
    expect(await described(task?.taskArn)).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringMatching(
        /^ResourceInitializationError: unable to pull secrets or registry auth/,
      ),
    });
    shop.world.secrets.set(valueFrom, 'postgres://');
    const { tasks: [second] = [] } = await run();
    shop.clock.pass(minute);
    expect(await described(second?.taskArn)).toMatchObject({ lastStatus: 'RUNNING' });
  });

  it.each<[more: object, tags: string[]]>([
    [{}, []],
    [{ tags: [{ key: 'own', value: '1' }] }, ['own=1']],
    [{ propagateTags: 'TASK_DEFINITION' }, ['of=definition']],
    [{ propagateTags: 'TASK_DEFINITION', tags: [{ key: 'of', value: 'task' }] }, ['of=task']],
    [{ enableECSManagedTags: true }, ['aws:ecs:clusterName=default']],
  ])('with %j has the tags %j', async (more, tags) => {
    await shop.register('1', { tags: [{ key: 'of', value: 'definition' }] });
    const { tasks: [started] = [] } = await run(more);
    const { tasks: [task] = [] } = await shop.client.describeTasks({
      tasks: [started?.taskArn ?? ''],
      include: ['TAGS'],
    });
    expect(task?.tags?.map(({ key, value }) => `${key}=${value}`)).toEqual(tags);
  });

  it('lists by one filter of startedBy, or by others', async () => {
    await shop.register('1');
    await run({ startedBy: 'a' });
    await run({ startedBy: 'b' });
    expect((await shop.client.listTasks({ startedBy: 'a' })).taskArns).toHaveLength(1);
    expect((await shop.client.listTasks({ family: 'shop' })).taskArns).toHaveLength(2);
    expect((await shop.client.listTasks({ desiredStatus: 'STOPPED' })).taskArns).toEqual([]);
    await expect(
      shop.client.listTasks({ startedBy: 'a', desiredStatus: 'STOPPED' }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(shop.client.listTasks({ serviceName: 'gone' })).rejects.toMatchObject({
      name: 'ServiceNotFoundException',
    });
  });

  describe('with awslogs', () => {
    const definition = {
      executionRoleArn: 'arn:aws:iam::123456789012:role/run',
      containerDefinitions: [{ name: 'web', image: 'shop:1', logConfiguration: logging }],
    };

    it('does not start without its log group', async () => {
      await shop.register('1', definition);
      const { tasks: [task] = [] } = await run();
      shop.clock.pass(minute);
      expect((await described(task?.taskArn))?.stoppedReason).toMatch(
        /^ResourceInitializationError: failed to validate logger args: .*log group does not exist/,
      );
    });

    it('writes its lines to prefix/container/task', async () => {
      shop.world.logs.create('/shop');
      const logs = ['one', 'two', 'Error: three'].map((message, index) => ({
        after: 1_000 * (index + 1),
        message,
      }));
      shop.ecs.runtime.behave(':1', { ...scripts.crash, logs });
      await shop.register('1', definition);
      const { tasks: [task] = [] } = await run();
      shop.clock.pass(minute);
      const stream = `app/web/${task?.taskArn?.split('/').at(-1)}`;
      const group = { logGroupName: '/shop' };
      const { logStreams = [] } = await shop.logs.describeLogStreams(group);
      expect(logStreams.map(({ logStreamName }) => logStreamName)).toEqual([stream]);

      const first = await shop.logs.getLogEvents({
        ...group,
        logStreamName: stream,
        startFromHead: true,
        limit: 2,
      });
      expect(first.events?.map(({ message }) => message)).toEqual(['one', 'two']);
      const second = await shop.logs.getLogEvents({
        ...group,
        logStreamName: stream,
        nextToken: first.nextForwardToken,
      });
      expect(second.events?.map(({ message }) => message)).toEqual(['Error: three']);
      const end = await shop.logs.getLogEvents({
        ...group,
        logStreamName: stream,
        nextToken: second.nextForwardToken,
      });
      expect(end).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
      const last = await shop.logs.getLogEvents({ ...group, logStreamName: stream, limit: 1 });
      expect(last.events?.map(({ message }) => message)).toEqual(['Error: three']);

      const found = await shop.logs.filterLogEvents({ ...group, filterPattern: 'Error' });
      expect(found.events).toMatchObject([{ logStreamName: stream, message: 'Error: three' }]);
      await expect(
        shop.logs.getLogEvents({ ...group, logStreamName: 'gone' }),
      ).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'The specified log stream does not exist.',
      });
    });
  });
});
