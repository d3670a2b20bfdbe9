import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Behaviour, pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type RealEcs, startRealEcs } from '../../../packages/local-cloud/src/aws/real-ecs.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { bundle } from './world.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';
const logGroup = '/ecs/shop';

/** What runs as one task of the service; the app of the tests listens on port 3000. */
const taskDefinition = JSON.stringify({
  family: 'shop',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/shop-execution',
  containerDefinitions: [
    {
      name: 'web',
      image: 'set by the deploy',
      memory: 128,
      portMappings: [{ containerPort: 3000 }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': logGroup,
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': 'web',
        },
      },
    },
  ],
});

describe('a service whose tasks are real containers behind a real load balancer', () => {
  let registry: LocalRegistry;
  let ecs: RealEcs;
  let runner: Runner;
  const images = new Map<string, string>();

  const push = async (version: string, behaviour: Behaviour) => {
    images.set(version, await pushApp(registry.host, version, behaviour));
  };

  const deploy = (image: string, inputs: Readonly<Record<string, string>> = {}) => {
    const { accessKeyId, secretAccessKey, sessionToken } = ecs.aws.credentials(role);
    return runner.start(
      bundle,
      { cluster: 'shop', service: 'shop', image, 'health-url': ecs.url, timeout: '40s', ...inputs },
      {
        ...ecs.aws.env,
        AWS_REGION: ecs.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
      },
    ).done;
  };
  const imageOf = (version: string) => images.get(version) ?? '';
  const served = async () => (await fetch(ecs.url)).text();

  /** Asks 50 times a second while something happens; what was answered, and how often. */
  const whileAsked = async <T>(work: () => Promise<T>) => {
    const answers = new Map<string, number>();
    const asked: Promise<void>[] = [];
    const ask = async () => {
      const said = await fetch(ecs.url).then(
        async (answer) => (answer.ok ? (await answer.text()).trim() : `${answer.status}`),
        (error: unknown) => String(error),
      );
      answers.set(said, (answers.get(said) ?? 0) + 1);
    };
    const steady = setInterval(() => asked.push(ask()), 20);
    try {
      const result = await work();
      return { result, answers };
    } finally {
      clearInterval(steady);
      await Promise.all(asked);
    }
  };

  beforeAll(async () => {
    registry = await startRegistry();
    [ecs, runner] = await Promise.all([startRealEcs('/'), makeRunner()]);
    ecs.world.logs.create(logGroup);
    await push('one', 'good');
    await push('two', 'good');
    await push('three', 'good');
    for (const behaviour of ['crash', 'unhealthy', 'hungry'] as const) {
      await push(behaviour, behaviour);
    }
  }, 180_000);
  afterAll(async () => {
    await Promise.all([ecs, runner, registry].map((one) => one[Symbol.asyncDispose]()));
  }, 60_000);

  it('is created', async () => {
    const { balancer } = ecs;
    const { targetGroupArn, ...advanced } = balancer;
    const { code, errors, outputs } = await deploy(imageOf('one'), {
      'task-definition': taskDefinition,
      'service-definition': JSON.stringify({
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        healthCheckGracePeriodSeconds: 20,
        loadBalancers: [
          {
            targetGroupArn,
            containerName: 'web',
            containerPort: 3000,
            advancedConfiguration: {
              ...advanced,
              roleArn: 'arn:aws:iam::123456789012:role/balancing',
            },
          },
        ],
      }),
      expect: 'version one',
    });
    expect({ code, errors }).toEqual({ code: 0, errors: [] });
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(await served()).toContain('version one');
  }, 90_000);

  it('gets a second version, and loses no request of 50 a second', async () => {
    const { answers, result } = await whileAsked(() =>
      deploy(imageOf('two'), { expect: 'version two' }),
    );
    expect(result.errors).toEqual([]);
    expect(result.outputs).toMatchObject({ status: 'deployed', 'previous-image': imageOf('one') });
    expect([...answers.keys()].sort()).toEqual(['version one', 'version two']);
  }, 90_000);

  it.each([
    ['crashes', 'crash', 'ecs/task-exited', 'cannot open the database'],
    ['never gets healthy', 'unhealthy', 'ecs/unhealthy', 'table users is missing'],
    ['takes more memory than it has', 'hungry', 'ecs/out-of-memory', ''],
  ])(
    'a version that %s is red with its reason, and the one before is proven',
    async (_, version, reason, line) => {
      const { errors, outputs, summary } = await deploy(imageOf(version), {
        expect: 'version three',
      });
      expect(outputs).toMatchObject({ status: 'rolled-back', reason });
      expect(errors).toHaveLength(1);
      expect(summary).toContain(line);
      expect(await served()).toContain('version two');
    },
    120_000,
  );

  it('a version whose image is not there is red with its reason', async () => {
    const missing = imageOf('one').replace(/[0-9a-f]{8}$/, '00000000');
    const { errors, outputs } = await deploy(missing);
    expect(outputs).toMatchObject({ status: 'rolled-back', reason: 'ecs/image-pull' });
    expect(errors).toHaveLength(1);
    expect(await served()).toContain('version two');
  }, 120_000);

  it('a migration that fails is red with its last line, and nothing was changed', async () => {
    const { outputs, summary } = await deploy(imageOf('three'), {
      'run-before': `node -e "console.log('column price is there already'); process.exit(3)"`,
    });
    expect(outputs).toMatchObject({ status: 'failed', reason: 'ecs/run-before' });
    expect(summary).toContain('column price is there already');
    expect(await served()).toContain('version two');
  }, 90_000);

  it('blue/green: a bad version is stopped before it gets any production traffic', async () => {
    const { answers, result } = await whileAsked(() =>
      deploy(imageOf('one'), {
        strategy: 'blue-green',
        'traffic-bake': '1m',
        'test-url': ecs.testUrl,
        expect: 'version three',
        timeout: '12s',
      }),
    );
    expect(result.outputs).toMatchObject({ status: 'rolled-back', reason: 'deploy/unproven' });
    expect([...answers.keys()]).toEqual(['version two']);
  }, 120_000);

  it('canary: a good version gets its share, and then all of the traffic', async () => {
    const { answers, result } = await whileAsked(() =>
      deploy(imageOf('three'), {
        strategy: 'canary',
        'traffic-percent': '20',
        'traffic-bake': '1m',
        'test-url': ecs.testUrl,
        expect: 'version three',
      }),
    );
    expect(result.errors).toEqual([]);
    expect(result.outputs).toMatchObject({ status: 'deployed' });
    expect([...answers.keys()].sort()).toEqual(['version three', 'version two']);
    expect(await served()).toContain('version three');
  }, 120_000);
});
