import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import { describe, expect, test } from '@jest/globals';
import type { EcsApi } from '../../src/api/ecs-api.ts';
import type { LoadBalancingApi } from '../../src/api/load-balancing.ts';
import type { LogsApi } from '../../src/api/logs.ts';
import { type Diagnosed, diagnose } from '../../src/diagnosis/diagnose.ts';
import { denied, fakeEcs, fakeLoadBalancing, fakeLogs, meta } from '../fake-api.ts';
import { crashed, notStarted, stopped } from './tasks.ts';

const taskDefinition = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:7';
const group = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/0123';
const deployment = { taskDefinition, id: 'ecs-svc/7', arn: 'arn:deployment/7' };
const own = (task: Task): Task => ({ ...task, startedBy: 'ecs-svc/7', startedAt: new Date(1) });
const awslogs = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/ecs/shop', 'awslogs-stream-prefix': 'app' },
};

/** A cluster with these tasks, and one way in which it is different. */
function cluster(
  tasks: readonly Task[],
  change: {
    service?: Service;
    serviceDeployment?: ServiceDeployment;
    logConfiguration?: typeof awslogs | { logDriver: string };
    log?: readonly string[];
    targets?: LoadBalancingApi['describeTargetHealth'];
    ecs?: Partial<EcsApi>;
    logs?: Partial<LogsApi>;
    deployment?: Diagnosed['deployment'];
  } = {},
) {
  const asked: string[] = [];
  const { log = [], logConfiguration = awslogs } = change;
  const api = fakeEcs({
    describeServices: async () => ({ ...meta, services: [change.service ?? {}] }),
    listTasks: async ({ desiredStatus, nextToken }) => {
      const all = tasks
        .filter(({ lastStatus }) => lastStatus === desiredStatus)
        .flatMap(({ taskArn = '' }) => taskArn);
      const end = Number(nextToken ?? 0) + 100;
      const more = end < all.length && { nextToken: `${end}` };
      return { ...meta, taskArns: all.slice(end - 100, end), ...more };
    },
    describeTasks: async ({ tasks: arns = [] }) => ({
      ...meta,
      tasks: tasks.filter(({ taskArn = '' }) => arns.includes(taskArn)),
    }),
    describeServiceDeployments: async () => ({
      ...meta,
      serviceDeployments: [change.serviceDeployment ?? {}],
    }),
    describeTaskDefinition: async () => ({
      taskDefinition: {
        containerDefinitions: [
          { name: 'init', essential: false },
          { name: 'web', logConfiguration },
        ],
      },
      tags: [],
    }),
    ...change.ecs,
  });
  const logs = fakeLogs({
    getLogEvents: async ({ logGroupName, logStreamName }) => {
      asked.push(`${logGroupName} ${logStreamName}`);
      return { ...meta, events: log.map((message) => ({ message })) };
    },
    ...change.logs,
  });
  const targets = fakeLoadBalancing({
    describeTargetHealth: change.targets ?? (async () => meta),
  });
  // Limits never end here; short pauses end at once.
  const never = new Promise<void>(() => undefined);
  const clock = { now: () => 0, sleep: async (ms: number) => (ms > 1_000 ? never : undefined) };
  const { signal } = new AbortController();
  return {
    asked,
    diagnose: () =>
      diagnose(
        {
          api,
          logs,
          targets,
          cluster: 'prod',
          service: 'shop',
          deployment: change.deployment ?? deployment,
          since: 5_000,
          clock,
        },
        signal,
      ),
  };
}

describe('stopped tasks', () => {
  test('of this deployment are grouped, with the last log lines of the newest', async () => {
    const tasks = [own(crashed(1)), own(crashed(1)), own(crashed(139))];
    const other = { ...crashed(2), startedBy: 'ecs-svc/6' };
    const world = cluster([...tasks, other], { log: ['starting', 'no database\n'] });
    const { facts, logs } = await world.diagnose();
    expect(facts).toEqual([
      '2 tasks (EssentialContainerExited): web exited with code 1 (the app ended itself with an error); ECS: Essential container in task exited',
      '1 task (EssentialContainerExited): web exited with code 139 (it crashed (SIGSEGV, segmentation fault)); ECS: Essential container in task exited',
    ]);
    expect(logs[0]).toEqual({ source: 'web (/ecs/shop)', lines: ['starting', 'no database'] });
    const newest = tasks[1]?.taskArn?.split('/').at(-1);
    expect(world.asked[0]).toBe(`/ecs/shop app/web/${newest}`);
  });

  test('are found by their task definition where the deployment has no id', async () => {
    const task = { ...crashed(1), taskDefinitionArn: taskDefinition };
    const other = { ...crashed(2), taskDefinitionArn: `${taskDefinition}1` };
    const world = cluster([task, other], { deployment: { ...deployment, id: undefined } });
    const { facts } = await world.diagnose();
    expect(facts.join()).toContain('exited with code 1 ');
    expect(facts.join()).not.toContain('exited with code 2');
  });

  test('are found behind a page of those of another one', async () => {
    const others = Array.from({ length: 150 }, () => ({ ...crashed(2), startedBy: 'ecs-svc/6' }));
    const { facts } = await cluster([...others, own(crashed(1))]).diagnose();
    expect(facts[0]).toContain('1 task (EssentialContainerExited): web exited with code 1');
  });

  test('that never ran have no log', async () => {
    const task = {
      ...notStarted('CannotPullContainerError: x: not found'),
      startedBy: 'ecs-svc/7',
    };
    const world = cluster([task]);
    const { facts, logs } = await world.diagnose();
    expect(facts[0]).toContain('the registry has no such image');
    expect(logs).toEqual([]);
    expect(world.asked).toEqual([]);
  });
});

describe('logs', () => {
  test.each([
    [{ logDriver: 'splunk' }, 'the output of web went to the log driver splunk'],
    [{ logDriver: 'awsfirelens' }, 'the output of web went to the log driver awsfirelens'],
    [
      { ...awslogs, options: { ...awslogs.options, 'awslogs-region': 'us-east-1' } },
      'the output of web went to the log group /ecs/shop in us-east-1',
    ],
  ])('of %j are named, not read', async (logConfiguration, fact) => {
    const world = cluster([own(crashed(1))], { logConfiguration });
    expect((await world.diagnose()).facts).toContain(fact);
    expect(world.asked).toEqual([]);
  });

  test('without a prefix are in the stream of the container', async () => {
    const task = own(crashed(1, { runtimeId: 'c0ffee' }));
    const logConfiguration = { ...awslogs, options: { 'awslogs-group': '/ecs/shop' } };
    const world = cluster([task], { logConfiguration, log: ['x'] });
    await world.diagnose();
    expect(world.asked).toEqual(['/ecs/shop c0ffee']);
  });

  test('that come late are waited for; none at all is a fact', async () => {
    const world = cluster([own(crashed(1))]);
    expect((await world.diagnose()).facts).toContain('web has written nothing to /ecs/shop');
    expect(world.asked).toHaveLength(3);
  });

  test('of a task that runs but is not healthy are read', async () => {
    const running = own(stopped({ lastStatus: 'RUNNING' }));
    const { logs } = await cluster([running], { log: ['listening on 3001'] }).diagnose();
    expect(logs).toEqual([{ source: 'web (/ecs/shop)', lines: ['listening on 3001'] }]);
  });
});

describe('the load balancer', () => {
  const service: Service = { loadBalancers: [{ targetGroupArn: group }] };
  const ill = (Id: string, State: 'unhealthy' | 'draining' | 'healthy' = 'unhealthy') => ({
    Target: { Id, Port: 3000 },
    TargetHealth: {
      State,
      Reason: 'Target.ResponseCodeMismatch' as const,
      Description: 'Health checks failed with these codes: [500]',
    },
  });
  const at = (value: string): Task => ({
    ...own(stopped({ lastStatus: 'RUNNING' })),
    attachments: [{ details: [{ name: 'privateIPv4Address', value }] }],
  });

  test('says why the tasks of this deployment get nothing', async () => {
    const targets = async () => ({
      ...meta,
      TargetHealthDescriptions: [
        ill('10.0.0.1'),
        ill('10.0.0.2'),
        ill('10.0.0.9'),
        ill('10.0.0.1', 'draining'),
      ],
    });
    const { facts } = await cluster([at('10.0.0.1'), at('10.0.0.2')], {
      service,
      targets,
    }).diagnose();
    expect(facts).toContain(
      'target 10.0.0.1:3000 and 1 more in shop is unhealthy: Health checks failed with these codes: [500] (Target.ResponseCodeMismatch)',
    );
    expect(facts.join()).not.toContain('10.0.0.9');
  });

  test('is asked for the other target group of a blue/green service too', async () => {
    const other = group.replace('shop', 'shop-green');
    const loadBalancers = [
      {
        targetGroupArn: group,
        advancedConfiguration: {
          alternateTargetGroupArn: other,
          productionListenerRule: 'x',
          roleArn: 'y',
        },
      },
    ];
    const asked: unknown[] = [];
    const targets: LoadBalancingApi['describeTargetHealth'] = async ({ TargetGroupArn }) => {
      asked.push(TargetGroupArn);
      return meta;
    };
    await cluster([], { service: { loadBalancers }, targets }).diagnose();
    expect(asked).toEqual([group, other]);
  });
});

test('events since the start that tell of trouble, each kind once', async () => {
  const event = (id: string, seconds: number, message: string) => ({
    id,
    createdAt: new Date(seconds * 1_000),
    message,
  });
  const unhealthy = (task: string) =>
    `(service shop) (task ${task}) (port 3000) is unhealthy in (target-group ${group}) due to (reason Health checks failed)`;
  const service: Service = {
    deployments: [{ id: 'ecs-svc/7', createdAt: new Date(10_000) }],
    events: [
      event(
        '5',
        14,
        '(service shop) (deployment ecs-svc/7) deployment failed: tasks failed to start.',
      ),
      event('4', 13, unhealthy('b')),
      event('4', 13, unhealthy('b')),
      event('3', 12, unhealthy('a')),
      event('2', 11, '(service shop) has started 2 tasks: (task a) (task b).'),
      event('1', 9, '(service shop) was unable to place a task.'),
    ],
  };
  const { facts } = await cluster([], { service }).diagnose();
  expect(facts).toEqual([
    `event, 2 times: ${unhealthy('b')}`,
    'event: (service shop) (deployment ecs-svc/7) deployment failed: tasks failed to start',
  ]);
});

test('alarms, the circuit breaker and the reason of the deployment', async () => {
  const serviceDeployment: ServiceDeployment = {
    status: 'ROLLBACK_IN_PROGRESS',
    statusReason: 'Service deployment rolled back because an alarm went off.',
    alarms: { triggeredAlarmNames: ['shop-5xx'] },
    deploymentCircuitBreaker: { failureCount: 2, threshold: 3 },
  };
  expect((await cluster([], { serviceDeployment }).diagnose()).facts).toEqual([
    'service deployment ROLLBACK_IN_PROGRESS: Service deployment rolled back because an alarm went off.',
    'the alarm shop-5xx went off',
    'circuit breaker: 2 of 3 failures',
  ]);
});

describe('what cannot be read is a fact, and hides nothing else', () => {
  test.each([
    ['describeServices', 'ecs:DescribeServices'],
    ['listTasks', 'ecs:ListTasks'],
    ['describeTasks', 'ecs:DescribeTasks'],
    ['describeServiceDeployments', 'ecs:DescribeServiceDeployments'],
    ['describeTaskDefinition', 'ecs:DescribeTaskDefinition'],
  ] as const)('%s', async (name, action) => {
    const ecs = { [name]: () => Promise.reject(denied(action)) };
    const serviceDeployment: ServiceDeployment = { alarms: { triggeredAlarmNames: ['shop-5xx'] } };
    const { facts } = await cluster([own(crashed(1)), own(crashed(1))], {
      ecs,
      serviceDeployment,
    }).diagnose();
    const missing = facts.filter((fact) => fact.startsWith('not found out'));
    expect(missing).toEqual([
      `not found out: deploy may not ${action} on *: AccessDeniedException`,
    ]);
    if (name !== 'describeServiceDeployments')
      expect(facts).toContain('the alarm shop-5xx went off');
  });

  test('the log, once for several containers', async () => {
    const logs = { getLogEvents: () => Promise.reject(denied('logs:GetLogEvents')) };
    const { facts } = await cluster([own(crashed(1)), own(crashed(2))], { logs }).diagnose();
    expect(facts.filter((fact) => fact.includes('logs:GetLogEvents'))).toHaveLength(1);
    expect(facts).toHaveLength(3);
  });

  test('and all of it is bounded', async () => {
    const long = 'unhealthy '.repeat(5_000);
    const events = Array.from({ length: 500 }, (_, index) => ({
      id: String(index),
      createdAt: new Date(6_000),
      message: `${long} ${index}`,
    }));
    const tasks = Array.from({ length: 90 }, (_, index) =>
      own(crashed(index % 120, { reason: long })),
    );
    const { facts } = await cluster(tasks, { service: { events } }).diagnose();
    expect(facts.length).toBeLessThan(41);
    expect(facts.join('').length).toBeLessThan(30_000);
  });
});
