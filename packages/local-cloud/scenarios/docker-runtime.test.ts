import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pushApp } from '../src/app-image.ts';
import {
  type DockerRuntime,
  startDockerRuntime,
} from '../src/aws/docker-runtime/docker-runtime.ts';
import type { ContainerOrder, Target, TaskEvent, TaskOrder } from '../src/aws/ecs/runtime.ts';
import { freePort } from '../src/program.ts';
import { type LocalRegistry, startRegistry } from '../src/registry.ts';

let registry: LocalRegistry;
let good: string;
let other: string;

beforeAll(async () => {
  registry = await startRegistry();
  good = await pushApp(registry.host, 'one', 'good');
  other = await pushApp(registry.host, 'two', 'good');
}, 120_000);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

let count = 0;

function order(more: Partial<ContainerOrder>, task: Partial<TaskOrder> = {}): TaskOrder {
  count += 1;
  const id = `${Date.now().toString(16)}${count}`;
  const container: ContainerOrder = {
    name: 'web',
    image: good,
    essential: true,
    environment: {},
    ports: [3000],
    stopTimeout: 2_000,
    definition: {},
    ...more,
  };
  return {
    arn: `arn:aws:ecs:eu-central-1:123456789012:task/shop/${id}`,
    id,
    cluster: 'shop',
    definition: {},
    containers: [container],
    address: '10.0.0.7',
    ...task,
  };
}

/** Starts a task and keeps what is told of it. */
function start(runtime: DockerRuntime, asked: TaskOrder) {
  const events: TaskEvent[] = [];
  const waiting: { kind: TaskEvent['kind']; told: () => void }[] = [];
  runtime.start(asked, (event) => {
    events.push(event);
    for (const { kind, told } of waiting) if (kind === event.kind) told();
  });
  return {
    events,
    kinds: () => events.map(({ kind }) => kind).filter((kind) => kind !== 'log'),
    until: (kind: TaskEvent['kind']) =>
      new Promise<void>((told) => {
        if (events.some((event) => event.kind === kind)) told();
        waiting.push({ kind, told });
      }),
  };
}

async function inTurns(port: number, requests: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {};
  for (let request = 0; request < requests; request += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    const said = answer.ok ? (await answer.text()).trim() : `${answer.status}`;
    seen[said] = (seen[said] ?? 0) + 1;
  }
  return seen;
}

function group(name: string, more: Partial<Target['group']['healthCheck']> = {}) {
  return {
    arn: `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${name}/1`,
    name,
    healthCheck: {
      path: '/',
      interval: 50,
      timeout: 1_000,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      matcher: '200',
      ...more,
    },
  };
}

describe('a task on the Docker engine', () => {
  test('runs, and ends when it is told to', async () => {
    await using runtime = await startDockerRuntime();
    const code = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 100); console.log('up');`;
    const asked = order({ command: ['node', '-e', code] });
    const task = start(runtime, asked);
    // Before that, nobody listens to SIGTERM.
    await task.until('log');
    runtime.stop(asked.arn);
    await task.until('stopped');
    expect(task.kinds()).toEqual(['pulling', 'pulled', 'running', 'exited', 'stopped']);
    expect(task.events).toContainEqual({ kind: 'exited', container: 'web', exitCode: 0 });
    expect(task.events).toContainEqual({
      kind: 'pulled',
      digests: { web: good.slice(good.indexOf('sha256:')) },
    });
  });

  test('that is told to stop while it starts ends too', async () => {
    await using runtime = await startDockerRuntime();
    const asked = order({});
    const task = start(runtime, asked);
    runtime.stop(asked.arn);
    await task.until('stopped');
    expect(task.kinds().at(-1)).toBe('stopped');
  });

  test('that crashes tells its last line before its exit code', async () => {
    await using runtime = await startDockerRuntime();
    const code = `console.error('cannot open the database'); process.exit(7);`;
    const task = start(runtime, order({ command: ['node', '-e', code] }));
    await task.until('stopped');
    const line = { kind: 'log', container: 'web', message: 'cannot open the database' };
    expect(task.events.slice(0, -2)).toContainEqual(line);
    expect(task.events.slice(-2)).toEqual([
      { kind: 'exited', container: 'web', exitCode: 7 },
      { kind: 'stopped' },
    ]);
    expect(task.kinds()).toEqual(['pulling', 'pulled', 'running', 'exited', 'stopped']);
  });

  test('that takes more memory than it may is killed for it', async () => {
    await using runtime = await startDockerRuntime();
    const code = 'const a = []; for (;;) a.push(Buffer.alloc(1e6, 1));';
    const asked = order({ command: ['node', '-e', code], definition: { memory: 48 } });
    const task = start(runtime, asked);
    await task.until('stopped');
    expect(task.events).toContainEqual({
      kind: 'exited',
      container: 'web',
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    });
  });

  test('whose image is not there does not start', async () => {
    await using runtime = await startDockerRuntime();
    const image = `${registry.host}/nothing:here`;
    const task = start(runtime, order({ image }));
    await task.until('failed');
    expect(task.events.at(-1)).toEqual({
      kind: 'failed',
      container: 'web',
      reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
    });
  });

  test('whose program is not there does not start', async () => {
    await using runtime = await startDockerRuntime();
    const task = start(runtime, order({ entryPoint: ['/nothing'], command: [] }));
    await task.until('failed');
    const [failed] = task.events.slice(-1);
    expect(failed).toMatchObject({ reason: expect.stringMatching(/^CannotStartContainerError: /) });
  });

  test.each([
    ['good', 'node -e "process.exit(0)"', true],
    ['bad', 'node -e "process.exit(1)"', false],
  ])('with a health check that is %s says so', async (_, line, healthy) => {
    await using runtime = await startDockerRuntime();
    const healthCheck = {
      command: ['CMD-SHELL', line],
      interval: 200,
      timeout: 5_000,
      retries: 1,
      startPeriod: 0,
    };
    const task = start(runtime, order({ healthCheck }));
    await task.until('health');
    expect(task.events).toContainEqual({ kind: 'health', container: 'web', healthy });
  });

  test('of two containers has one network, and ends with its essential one', async () => {
    await using runtime = await startDockerRuntime();
    const asked = order({});
    const ask = `setInterval(async () => console.log(await (await fetch('http://127.0.0.1:3000/')).text()), 100)`;
    const [web] = asked.containers;
    if (!web) throw new Error('no container');
    const log = { ...web, name: 'log', essential: false, ports: [], command: ['node', '-e', ask] };
    const task = start(runtime, { ...asked, containers: [web, log] });
    await task.until('log');
    runtime.stop(asked.arn);
    await task.until('stopped');
    expect(task.kinds().filter((kind) => kind === 'exited')).toHaveLength(2);
  });

  test('leaves nothing behind', async () => {
    const runtime = await startDockerRuntime();
    const asked = order({});
    await start(runtime, asked).until('running');
    expect(await runtime.containers()).toEqual([`ecs-${asked.id}-web`]);
    await runtime[Symbol.asyncDispose]();
    expect(await runtime.containers()).toEqual([]);
  });
});

describe('the load balancer', () => {
  test('shares requests by the weights of the groups, and shifts them', async () => {
    await using runtime = await startDockerRuntime();
    const [first, second] = [order({}), order({ image: other })];
    const [blue, green] = [group('blue'), group('green')];
    await Promise.all([first, second].map((asked) => start(runtime, asked).until('running')));
    const port = await freePort();
    const shares = (old: number, now: number) =>
      runtime.route({
        arn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/2',
        port,
        weights: { [blue.arn]: old, [green.arn]: now },
      });
    shares(100, 0);
    expect(await inTurns(port, 1)).toEqual({ 503: 1 });
    await Promise.all([healthy(runtime, first, blue), healthy(runtime, second, green)]);
    expect(await inTurns(port, 10)).toEqual({ 'version one': 10 });
    shares(90, 10);
    expect(await inTurns(port, 20)).toEqual({ 'version one': 18, 'version two': 2 });
    shares(0, 100);
    expect(await inTurns(port, 10)).toEqual({ 'version two': 10 });
    runtime.deregister({ taskArn: second.arn, container: 'web', port: 3000, group: green });
    expect(await inTurns(port, 1)).toEqual({ 503: 1 });
  });

  test('says why a target is unhealthy', async () => {
    await using runtime = await startDockerRuntime();
    const asked = order({});
    await start(runtime, asked).until('running');
    const health = await new Promise((told) =>
      runtime.register(
        { taskArn: asked.arn, container: 'web', port: 3000, group: group('g', { matcher: '204' }) },
        told,
      ),
    );
    expect(health).toEqual({
      state: 'unhealthy',
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [200]',
    });
  });
});

function healthy(runtime: DockerRuntime, { arn }: TaskOrder, into: Target['group']): Promise<void> {
  return new Promise((told) =>
    runtime.register({ taskArn: arn, container: 'web', port: 3000, group: into }, ({ state }) => {
      if (state === 'healthy') told();
    }),
  );
}
