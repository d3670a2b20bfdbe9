import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import type { EcsPlan } from '../../src/rollout/plan.ts';
import { beforeRollout } from '../../src/task/before-rollout.ts';
import { fakeEcs, fakeLogs, meta } from '../fake-api.ts';

const signal = new AbortController().signal;
const github = { GITHUB_RUN_ID: '7', GITHUB_RUN_ATTEMPT: '1', GITHUB_JOB: 'deploy' };

/** What RunTask is called with. */
async function started(o: {
  plan?: Partial<Pick<EcsPlan, 'service'>>;
  container?: string;
  env?: Readonly<Record<string, string>>;
}): Promise<RunTaskCommandInput | undefined> {
  let input: RunTaskCommandInput | undefined;
  const ended = { taskArn: 'task/1', lastStatus: 'STOPPED' };
  const api = fakeEcs({
    describeTaskDefinition: async () => ({
      taskDefinition: {
        networkMode: 'bridge',
        containerDefinitions: [{ name: 'web' }, { name: 'jobs' }],
      },
      tags: [],
    }),
    runTask: async (given) => {
      input = given;
      return { ...meta, tasks: [{ taskArn: 'task/1' }] };
    },
    describeTasks: async () => ({
      ...meta,
      tasks: [
        {
          ...ended,
          containers: [
            { name: 'web', exitCode: 0 },
            { name: 'jobs', exitCode: 0 },
          ],
        },
      ],
    }),
  });
  const clock = { now: () => 0, sleep: async () => undefined };
  const commands = { info: () => undefined, quote: () => undefined };
  const before = beforeRollout(
    {
      settings: {
        cluster: 'prod',
        service: 'shop',
        'run-before': ['migrate'],
        'run-before-container': o.container,
      },
      serviceDefinition: { launchType: 'FARGATE' },
      env: o.env ?? github,
    },
    { api, logs: fakeLogs({}), clock, commands },
  );
  const prepared = {
    arn: undefined,
    document: {},
    diff: [],
    image: 'shop:2',
    previousImage: undefined,
    container: 'web',
    images: new Map<string, string>(),
  };
  const plan: EcsPlan = {
    image: 'shop:2',
    previousImage: undefined,
    diff: [],
    serves: 'previous',
    rollback: { to: 'previous' },
    steps: [],
    service: undefined,
    prepared,
    previous: undefined,
    configuration: undefined,
    desiredCount: undefined,
    force: false,
    takenUp: undefined,
    ...o.plan,
  };
  await before?.migrate(plan, 'shop:2', signal);
  expect(before?.evidence().facts[0]).toContain('task 1 is STOPPED');
  return input;
}

test('the container of the image runs the command, or the one that is named', async () => {
  const name = (input?: RunTaskCommandInput) => input?.overrides?.containerOverrides?.[0]?.name;
  expect(name(await started({}))).toBe('web');
  expect(name(await started({ container: 'jobs' }))).toBe('jobs');
});

test('it runs where the service does, or where it will be created', async () => {
  const service = { launchType: 'EC2' as const };
  expect((await started({ plan: { service } }))?.launchType).toBe('EC2');
  expect((await started({}))?.launchType).toBe('FARGATE');
});

test('an attempt starts one task, the next attempt another one, and so does a run elsewhere', async () => {
  const token = async (env: Readonly<Record<string, string>>) =>
    (await started({ env }))?.clientToken;
  const first = await token(github);
  expect(await token(github)).toBe(first);
  expect(await token({ ...github, GITHUB_RUN_ATTEMPT: '2' })).not.toBe(first);
  expect(await token({})).not.toBe(await token({}));
});

test('nothing is run where nothing is asked for', () => {
  const settings = {
    cluster: 'prod',
    service: 'shop',
    'run-before': undefined,
    'run-before-container': undefined,
  };
  const clock = { now: () => 0, sleep: async () => undefined };
  const commands = { info: () => undefined, quote: () => undefined };
  const tools = { api: fakeEcs({}), logs: fakeLogs({}), clock, commands };
  expect(beforeRollout({ settings, serviceDefinition: undefined, env: {} }, tools)).toBeUndefined();
});
