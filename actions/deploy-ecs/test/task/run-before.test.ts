import type { RunTaskCommandInput, Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { TimeoutReached } from '@slipway/shared/time/deadline';
import type { EcsApi } from '../../src/api/ecs-api.ts';
import type { LogsApi } from '../../src/api/logs.ts';
import { RunBefore } from '../../src/task/run-before.ts';
import { denied, fakeEcs, fakeLogs, meta } from '../fake-api.ts';

const taskArn = 'arn:aws:ecs:eu-central-1:123456789012:task/prod/0123456789abcdef';
const web = {
  name: 'web',
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/ecs/shop', 'awslogs-stream-prefix': 'app' },
  },
};
const ended = (exitCode?: number, more: Task = {}): Task => ({
  taskArn,
  lastStatus: 'STOPPED',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'web', ...(exitCode !== undefined && { exitCode }) }],
  ...more,
});
const running: Task = { taskArn, lastStatus: 'RUNNING' };

/** A cluster in which the task is seen in these states, one after the other. */
function cluster(
  states: ReadonlyArray<Task | undefined>,
  change: {
    definition?: JsonObject;
    /** Pages of the log, by looks. */
    log?: ReadonlyArray<readonly string[]>;
    logs?: Partial<LogsApi>;
    ecs?: Partial<EcsApi>;
    token?: string;
  } = {},
) {
  const said: string[] = [];
  const started: RunTaskCommandInput[] = [];
  const stopped: unknown[] = [];
  const left = [...states];
  const pages = [...(change.log ?? [])];
  let now = 0;
  const api = fakeEcs({
    describeTaskDefinition: async () => ({
      taskDefinition: { networkMode: 'awsvpc', containerDefinitions: [web], ...change.definition },
      tags: [],
    }),
    runTask: async (input) => {
      started.push(input);
      return { ...meta, tasks: [{ taskArn, lastStatus: 'PROVISIONING' }] };
    },
    describeTasks: async () => {
      const state = left.length > 1 ? left.shift() : left[0];
      return { ...meta, tasks: state ? [state] : [] };
    },
    stopTask: async (input) => {
      stopped.push(input);
      return meta;
    },
    ...change.ecs,
  });
  let read = 0;
  const logs = fakeLogs({
    getLogEvents: async ({ nextToken }) => {
      expect(nextToken).toBe(read === 0 ? undefined : String(read));
      read += 1;
      const events = (pages.shift() ?? []).map((message) => ({ message }));
      return { ...meta, events, nextForwardToken: String(read) };
    },
    ...change.logs,
  });
  const clock = {
    now: () => now,
    async sleep(ms: number, signal?: AbortSignal) {
      // Limits of single calls are not reached here.
      if (ms >= 3_000) return new Promise<void>(() => undefined);
      signal?.throwIfAborted();
      now += ms;
    },
  };
  const commands = {
    info: (line: string) => void said.push(line),
    quote: (line: string) => void said.push(`| ${line}`),
  };
  const task = new RunBefore(
    {
      cluster: 'prod',
      service: {
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
        },
      },
      taskDefinition: 'shop:8',
      container: 'web',
      command: ['npm', 'run', 'migrate'],
      token: change.token ?? 'run 1, attempt 1, job deploy',
    },
    { api, logs, clock, commands },
  );
  return { task, said, started, stopped };
}

const { signal } = new AbortController();

async function failure(work: Promise<void>): Promise<Failure> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('no Failure', { cause: error });
  return error;
}

test('a task with the new revision runs in the place of the service, and its log is shown', async () => {
  const { said, started, task } = cluster([running, running, ended(0)], {
    log: [[], ['creating table', 'creating index\n'], ['done']],
  });
  await task.run(signal);
  expect(started).toEqual([
    {
      cluster: 'prod',
      taskDefinition: 'shop:8',
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
      },
      count: 1,
      startedBy: 'slipway-run-before',
      clientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      overrides: { containerOverrides: [{ name: 'web', command: ['npm', 'run', 'migrate'] }] },
    },
  ]);
  expect(said).toEqual([
    'run-before: the task 0123456789abcdef was started',
    'run-before: RUNNING',
    '| creating table',
    '| creating index',
    '| done',
    'run-before: STOPPED',
    'run-before: done',
  ]);
  expect(task.evidence.logs).toEqual([
    { source: 'web (run-before)', lines: ['creating table', 'creating index', 'done'] },
  ]);
});

test('an attempt of a job has one token, each other one has its own', async () => {
  const tokens = await Promise.all(
    ['attempt 1', 'attempt 1', 'attempt 2'].map(async (token) => {
      const { started, task } = cluster([ended(0)], { token });
      await task.run(signal);
      return started[0]?.clientToken;
    }),
  );
  expect(tokens[0]).toBe(tokens[1]);
  expect(tokens[0]).not.toBe(tokens[2]);
});

test('the last lines may come after the end', async () => {
  const { said, task } = cluster([ended(1)], { log: [[], [], ['too late?']] });
  await failure(task.run(signal));
  expect(said).toContain('| too late?');
});

describe('it failed', () => {
  const sidecar = {
    containerDefinitions: [web, { name: 'proxy' }, { name: 'init', essential: false }],
  };
  test.each<[string, Task, string]>([
    ['with its exit code', ended(1), 'web exited with code 1 (the app ended itself with an error)'],
    [
      'for want of memory',
      ended(137, { containers: [{ name: 'web', exitCode: 137, reason: 'OutOfMemoryError: x' }] }),
      'web exited with code 137 (killed: it used more memory than its limit); ECS: OutOfMemoryError: x',
    ],
    [
      'when it never started',
      ended(undefined, {
        stopCode: 'TaskFailedToStart',
        stoppedReason:
          'CannotPullContainerError: pull image manifest has been retried: x: not found',
      }),
      'web could not start: the registry has no such image; ECS: CannotPullContainerError',
    ],
    [
      'when somebody stopped it',
      ended(undefined, { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }),
      'web has no exit code; ECS: Task stopped by user',
    ],
    [
      'when another essential container failed and cut it short',
      ended(0, {
        containers: [
          { name: 'web', exitCode: 0 },
          { name: 'proxy', exitCode: 3 },
        ],
      }),
      'proxy exited with code 3',
    ],
    [
      'and not the container that was stopped because of it',
      ended(2, {
        containers: [
          { name: 'proxy', exitCode: 143 },
          { name: 'web', exitCode: 2 },
        ],
      }),
      'web exited with code 2',
    ],
  ])('%s', async (_, state, why) => {
    const { task } = cluster([running, state], { definition: sidecar });
    const { code, message } = await failure(task.run(signal));
    expect(code).toBe('ecs/run-before');
    expect(message).toContain(`(npm run migrate): ${why}`);
    expect(task.evidence.facts[0]).toContain('task 0123456789abcdef is STOPPED');
  });

  test.each<[string, Task]>([
    [
      'a proxy that was stopped after it',
      ended(0, {
        containers: [
          { name: 'web', exitCode: 0 },
          { name: 'proxy', exitCode: 143 },
        ],
      }),
    ],
    [
      'a container that is not essential',
      ended(0, {
        containers: [
          { name: 'init', exitCode: 9 },
          { name: 'web', exitCode: 0 },
        ],
      }),
    ],
  ])('not because of %s', async (_, state) => {
    await cluster([state], { definition: sidecar }).task.run(signal);
  });
});

describe('it was not started', () => {
  test.each([
    [
      [{ reason: 'RESOURCE:MEMORY', arn: 'arn:instance' }],
      'RESOURCE:MEMORY (no instance has so much memory free) (arn:instance)',
    ],
    [
      [{ reason: 'Capacity is unavailable at this time.' }],
      'Capacity is unavailable at this time.',
    ],
    [[], 'ECS gives no reason'],
  ])('%j', async (failures, why) => {
    const ecs = { runTask: async () => ({ ...meta, tasks: [], failures }) };
    const { code, message } = await failure(cluster([], { ecs }).task.run(signal));
    expect(code).toBe('ecs/run-before-refused');
    expect(message).toContain(why.replace(/\.$/, ''));
  });

  test('without its container', async () => {
    const definition = { containerDefinitions: [{ name: 'app' }, { name: 'proxy' }] };
    const { started, task } = cluster([], { definition });
    const { message } = await failure(task.run(signal));
    expect(message).toContain('has no container web, but app, proxy');
    expect(started).toEqual([]);
  });
});

describe('it goes on', () => {
  test('where a call is throttled or gets no answer', async () => {
    const faults = [
      new Throttled('slow down'),
      Failure.of('ecs/unavailable', { call: 'DescribeTasks', said: 'HTTP 500' }),
    ];
    const ecs: Partial<EcsApi> = {
      describeTasks: async () => {
        const fault = faults.shift();
        if (fault) throw fault;
        return { ...meta, tasks: [ended(0)] };
      },
    };
    await cluster([], { ecs }).task.run(signal);
    expect(faults).toEqual([]);
  });

  test('where ECS does not know the task for a moment', async () => {
    await cluster([undefined, undefined, ended(0)]).task.run(signal);
  });

  test('without its log, which is said once', async () => {
    const logs = { getLogEvents: () => Promise.reject(denied('logs:GetLogEvents')) };
    const { said, task } = cluster([running, running, ended(0)], { logs });
    await task.run(signal);
    expect(said.filter((line) => line.includes('logs:GetLogEvents'))).toHaveLength(1);
  });

  test('where the log is not there yet', async () => {
    let looks = 0;
    const logs: Partial<LogsApi> = {
      getLogEvents: async () => {
        looks += 1;
        if (looks > 1) return { ...meta, events: looks === 2 ? [{ message: 'hello' }] : [] };
        const said = 'ResourceNotFoundException: The specified log stream does not exist.';
        throw Failure.of('ecs/rejected', { call: 'GetLogEvents', said });
      },
    };
    const { said, task } = cluster([running, running, ended(0)], { logs });
    await task.run(signal);
    expect(said).toContain('| hello');
  });
});

test('a task that ECS forgot is a failure', async () => {
  const { message } = await failure(cluster([undefined]).task.run(signal));
  expect(message).toContain('ECS does not know the task any more');
});

describe('when the run ends before it', () => {
  const runUntil = (over: AbortController, reason: unknown) => ({
    describeTasks: async () => {
      over.abort(reason);
      return { ...meta, tasks: [running] };
    },
  });

  test('the task is told to stop', async () => {
    const over = new AbortController();
    const ecs = runUntil(over, Failure.of('action/cancelled', { signal: 'SIGINT' }));
    const { said, stopped, task } = cluster([], { ecs });
    expect((await failure(task.run(over.signal))).code).toBe('action/cancelled');
    expect(stopped).toEqual([
      {
        cluster: 'prod',
        task: taskArn,
        reason: 'Stopped by the job: The run was cancelled (SIGINT).',
      },
    ]);
    expect(said.at(-1)).toBe('run-before: the task 0123456789abcdef was told to stop');
  });

  test('for want of time, the input that sets it is named', async () => {
    const over = new AbortController();
    const { stopped, task } = cluster([], { ecs: runUntil(over, new TimeoutReached(600_000)) });
    const { code, message } = await failure(task.run(over.signal));
    expect(code).toBe('ecs/run-before-timeout');
    expect(message).toContain('within 10 min, which input run-before-timeout sets');
    expect(stopped).toHaveLength(1);
  });

  test('while it is being started, the task is stopped all the same', async () => {
    const over = new AbortController();
    const ecs: Partial<EcsApi> = {
      runTask: async () => {
        over.abort(Failure.of('action/cancelled', { signal: 'SIGINT' }));
        return { ...meta, tasks: [{ taskArn }] };
      },
    };
    const { stopped, task } = cluster([], { ecs });
    expect((await failure(task.run(over.signal))).code).toBe('action/cancelled');
    expect(stopped).toHaveLength(1);
  });

  test('a task that cannot be stopped is named', async () => {
    const over = new AbortController();
    const reason = Failure.of('action/cancelled', { signal: 'SIGINT' });
    const ecs = {
      ...runUntil(over, reason),
      stopTask: () => Promise.reject(denied('ecs:StopTask')),
    };
    const { said, task } = cluster([], { ecs });
    await failure(task.run(over.signal));
    expect(said.at(-1)).toMatch(
      /0123456789abcdef could not be stopped and runs on: .*ecs:StopTask/,
    );
  });
});
