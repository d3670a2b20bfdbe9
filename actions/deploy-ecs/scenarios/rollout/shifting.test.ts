import type { CreateServiceRequest, DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import { behindBalancer } from '../../test/rollout/behind-balancer.ts';
import {
  type Emulated,
  emulatedService,
  withService,
} from '../../test/rollout/emulated-service.ts';

const minute = 60_000;
const testUrl = new URL('http://shop.example:8443/health');
const blueGreen: DeploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 };

let ecs: Emulated;
let balanced: Pick<CreateServiceRequest, 'loadBalancers'>;

beforeEach(async () => {
  ecs = await emulatedService();
  ecs.ecs.runtime.behave('crash', scripts.crash);
  most = 0;
  ecs.before.set('listTasks', () => {
    const [, ...newer] = ecs.service().revisions;
    most = Math.max(most, ...newer.map(({ productionWeight }) => productionWeight));
  });
  balanced = behindBalancer(ecs);
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

const create = (deploymentConfiguration: DeploymentConfiguration) =>
  withService(ecs, { ...balanced, deploymentConfiguration });
const counted = (name: string) => ecs.calls.filter((one) => one === name).length;
const image = () => ecs.service().primary?.definition.containerDefinitions?.[0]?.image;
const hooks = () => ecs.service().configuration.deploymentConfiguration?.lifecycleHooks ?? [];
/** The most production traffic that a new version has had, in percent. */
const mostTraffic = () => most;
let most = 0;

describe('blue-green with a test listener', () => {
  it('is proven by its test traffic before it gets any other', async () => {
    await create(blueGreen);
    let before = -1;
    ecs.before.set('continueServiceDeployment', () => {
      before = mostTraffic();
    });
    const { closing, failure, said } = await ecs.deploy('shop:2', {
      'test-url': testUrl,
      expect: 'shop:2',
    });
    expect(failure).toBeUndefined();
    expect(closing).toMatch(/^deployed: /);
    const done = said.filter((line) => /^done: (?:apply|watch|prove)/.test(line));
    expect(done.map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'done: apply: test traffic',
      'done: watch: test traffic',
      'done: prove: test traffic',
      'done: apply: all of the traffic',
      'done: watch: all of the traffic',
      'done: prove: all of the traffic',
    ]);
    expect(counted('continueServiceDeployment')).toBe(1);
    expect(before).toBe(0);
    expect(mostTraffic()).toBe(100);
  });

  it('leaves no pause behind in the service', async () => {
    await create(blueGreen);
    await ecs.deploy('shop:2', { 'test-url': testUrl });
    expect(hooks()).toEqual([]);
    expect(ecs.service().revisions).toHaveLength(2);
  });

  it('of a bad version is stopped at its test traffic', async () => {
    await create(blueGreen);
    const { closing, failure } = await ecs.deploy('shop:sick', {
      'test-url': testUrl,
      timeout: 3 * minute,
    });
    expect(failure?.code).toBe('deploy/unproven');
    expect(failure?.message).toContain('8443');
    expect(closing).toMatch(/^rolled-back: shop in default serves the version before \(shop:1\)/);
    expect(mostTraffic()).toBe(0);
    expect(counted('continueServiceDeployment')).toBe(0);
    expect(image()).toBe('shop:1');
    expect(hooks()).toEqual([]);
  });

  it('takes a pause of the service itself for the proof, and leaves it there', async () => {
    const pause = {
      targetType: 'PAUSE' as const,
      lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT' as const],
    };
    await create(blueGreen);
    await ecs.client.updateService({
      service: 'shop',
      deploymentConfiguration: { ...blueGreen, lifecycleHooks: [pause] },
    });
    const { closing } = await ecs.deploy('shop:2', { 'test-url': testUrl });
    expect(closing).toMatch(/^deployed: /);
    expect(hooks()).toMatchObject([pause]);
    expect(counted('continueServiceDeployment')).toBe(1);
  });

  it('that crashes before its test traffic is rolled back', async () => {
    await create(blueGreen);
    const { closing, failure } = await ecs.deploy('shop:crash', { 'test-url': testUrl });
    expect(failure?.code).toBe('ecs/task-exited');
    expect(closing).toMatch(/^rolled-back: /);
  });

  it('is turned to by a service that was rolling', async () => {
    await create({ strategy: 'ROLLING' });
    const { closing, said } = await ecs.deploy('shop:2', {
      strategy: 'blue-green',
      'test-url': testUrl,
    });
    expect(closing).toMatch(/^deployed: /);
    expect(said).toContain('strategy: ROLLING -> BLUE_GREEN');
    expect(ecs.service().configuration.deploymentConfiguration?.strategy).toBe('BLUE_GREEN');
  });

  it('that failed leaves a service rolling that was', async () => {
    await create({ strategy: 'ROLLING' });
    const { closing } = await ecs.deploy('shop:sick', {
      strategy: 'blue-green',
      'test-url': testUrl,
      timeout: 3 * minute,
    });
    expect(closing).toMatch(/^rolled-back: /);
    expect(ecs.service().configuration.deploymentConfiguration?.strategy).toBe('ROLLING');
    expect(hooks()).toEqual([]);
  });

  it('healthy is enough: old tasks may go on baking', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const { closing, took } = await ecs.deploy('shop:2', { 'wait-for': 'healthy' });
    expect(closing).toMatch(/^deployed: /);
    expect(took).toBeLessThan(5 * minute);
  });

  it('has the time for its bake on top of timeout', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const { closing, took } = await ecs.deploy('shop:2');
    expect(closing).toMatch(/^deployed: /);
    expect(took).toBeGreaterThan(30 * minute);
  });

  it('a stage is enough where that is asked for', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 30 });
    const { closing, took } = await ecs.deploy('shop:2', { 'wait-for': 'BAKE_TIME' });
    expect(closing).toMatch(/^deployed: /);
    expect(took).toBeLessThan(5 * minute);
  });

  it('that is bad after its end is set back without any pause', async () => {
    await create(blueGreen);
    const { closing, failure } = await ecs.deploy('shop:sick', { timeout: 3 * minute });
    expect(failure?.code).toBe('deploy/unproven');
    expect(closing).toMatch(/^rolled-back: /);
    expect(image()).toBe('shop:1');
    expect(ecs.service().configuration.deploymentConfiguration).toMatchObject(blueGreen);
  });
});

describe('canary and linear', () => {
  it('canary gets its share, is proven, and gets the rest', async () => {
    await create(blueGreen);
    const { closing, said } = await ecs.deploy('shop:2', {
      strategy: 'canary',
      'traffic-percent': 10,
      'traffic-bake': 5 * minute,
    });
    expect(closing).toMatch(/^deployed: /);
    expect(said.join('\n')).toMatch(
      /done: prove: 10 % of the traffic.*\n(?:.*\n)*done: prove: all of the traffic/,
    );
  });

  it('canary with a bad version is stopped at its share', async () => {
    await create(blueGreen);
    const { closing, failure } = await ecs.deploy('shop:sick', {
      strategy: 'canary',
      'traffic-percent': 10,
      'traffic-bake': 15 * minute,
      timeout: 3 * minute,
    });
    expect(failure?.code).toBe('deploy/unproven');
    expect(closing).toMatch(/^rolled-back: /);
    expect(mostTraffic()).toBe(10);
    expect(image()).toBe('shop:1');
    expect(ecs.service().configuration.deploymentConfiguration?.strategy).toBe('BLUE_GREEN');
  });

  it('linear is proven at every share', async () => {
    await create(blueGreen);
    const { closing, said } = await ecs.deploy('shop:2', {
      strategy: 'linear',
      'traffic-percent': 25,
      'traffic-bake': 2 * minute,
      'test-url': testUrl,
    });
    expect(closing).toMatch(/^deployed: /);
    const proofs = said.flatMap((line) => /^done: prove: (.*) \(/.exec(line)?.[1] ?? []);
    expect(proofs).toEqual([
      'test traffic',
      '25 % of the traffic',
      '50 % of the traffic',
      '75 % of the traffic',
      'all of the traffic',
    ]);
  });
});

it('a rolling update is healthy once the load balancer says so of every new task', async () => {
  await create({ strategy: 'ROLLING' });
  ecs.ecs.runtime.behave('slow', { ...scripts.healthy, healthy: 90_000 });
  let healthy = -1;
  const { outputs, said, took } = await ecs.deploy(
    'slow:2',
    { 'wait-for': 'healthy', 'health-url': undefined, 'health-threshold': 1 },
    {
      tidyRevisions: async () => {
        const service = ecs.service();
        healthy = service.primary ? service.healthy(service.primary) : 0;
      },
    },
  );
  expect(outputs).toMatchObject({ status: 'deployed' });
  expect(said.join('\n')).toMatch(/[01] of [12] targets are healthy/);
  expect(healthy).toBe(2);
  expect(took).toBeGreaterThan(90_000);
});

describe('what the service lacks for its traffic', () => {
  const refusal = async (settings: Parameters<Emulated['deploy']>[1]) => {
    const { failure } = await ecs.deploy('shop:2', settings);
    expect(ecs.calls.filter((name) => !/^(?:describe|list)/.test(name))).toEqual([]);
    return failure?.message;
  };

  it.each([
    'alternateTargetGroupArn',
    'productionListenerRule',
    'testListenerRule',
    'roleArn',
  ] as const)('%s', async (field) => {
    const [balancer] = balanced.loadBalancers ?? [];
    const { [field]: _, ...rest } = balancer?.advancedConfiguration ?? {};
    await withService(ecs, { loadBalancers: [{ ...balancer, advancedConfiguration: rest }] });
    expect(await refusal({ strategy: 'blue-green', 'test-url': testUrl })).toBe(
      `The service shop, which is deployed by blue-green, has no loadBalancers[0].advancedConfiguration.${field}.`,
    );
  });

  it('all of it, without a load balancer', async () => {
    await withService(ecs);
    expect(await refusal({ strategy: 'canary' })).toBe(
      'The service shop, which is deployed by canary, has no loadBalancers or serviceConnectConfiguration, which move traffic.',
    );
    expect(await refusal({ strategy: 'blue-green', 'test-url': testUrl })).toBe(
      'The service shop, which is deployed by blue-green, has no loadBalancers, with a test listener.',
    );
  });

  it('a strategy with test traffic', async () => {
    await withService(ecs);
    expect(await refusal({ 'test-url': testUrl })).toContain('input strategy');
  });

  it('a share that linear takes', async () => {
    await create(blueGreen);
    expect(await refusal({ strategy: 'linear', 'traffic-percent': 2 })).toContain('at least 3');
  });
});
