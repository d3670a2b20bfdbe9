import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { asAnybody, wholeDefinition, withBalancedService } from './balanced.ts';
import {
  image,
  place,
  serviceDefinition,
  taskDefinition,
  World,
  type WorldOptions,
} from './world.ts';

const role = (name: string) => `arn:aws:iam::${place.account}:role/${name}`;
const documents = { 'task-definition': taskDefinition, 'service-definition': serviceDefinition };
const writes = /^(?:ecs:(?:Create|Delete|Register|Run|Start|Stop|Update)|iam:)/;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world[Symbol.asyncDispose]());

async function reopen(options: WorldOptions): Promise<void> {
  await world[Symbol.asyncDispose]();
  world = await World.open(options);
}

/** The one annotation, of a run that has changed nothing. */
function refusal({ errors, outputs, ...step }: StepResult): { code: string; text: string } {
  expect(errors).toHaveLength(1);
  expect(step.code).toBe(1);
  const [{ text, title } = { text: '', title: '' }] = errors;
  const code = title.replace('deploy-ecs: ', '');
  expect(outputs).toMatchObject({ status: 'failed', reason: code });
  const made = world.aws.permissions.calls.map(({ action }) => action);
  expect(made.filter((action) => writes.test(action))).toEqual([]);
  return { code, text };
}

describe('a service that is being deleted', () => {
  it.each([
    ['without a definition', {}],
    ['with a definition', documents],
  ])(
    'is not deployed to: %s',
    async (_, inputs) => {
      // Its tasks are an hour about their end.
      await reopen({ durations: { deprovision: 3_600_000 } });
      await withBalancedService(world);
      await asAnybody(world, (client) => client.deleteService({ service: 'shop', force: true }));
      const { code, text } = refusal(await world.deploy('shop-2', inputs));
      expect(code).toBe('ecs/service-inactive');
      expect(text).toMatch(
        /^The service shop in the cluster default is not active: it is DRAINING\n/,
      );
      expect(text).toContain(
        'Wait until that is over and create it again, with `service-definition`',
      );
    },
    30_000,
  );

  it('and is gone is not deployed to, and is created by its definition', async () => {
    await withBalancedService(world);
    await asAnybody(world, (client) => client.deleteService({ service: 'shop', force: true }));
    while (world.service.status !== 'INACTIVE') {
      await new Promise(setImmediate);
      world.ecs.timeline.advance();
    }
    const { code, text } = refusal(await world.deploy('shop-2'));
    expect(code).toBe('ecs/service-inactive');
    expect(text).toContain('is not active: it is INACTIVE');
    const created = await world.deploy('shop-2', documents);
    expect(created.outputs).toMatchObject({ status: 'deployed' });
    expect(world.serves).toBe(image('shop-2'));
  }, 30_000);
});

describe('what is not there', () => {
  it('a cluster: it is named with its region', async () => {
    const { code, text } = refusal(await world.deploy('shop-2', { cluster: 'nowhere' }));
    expect(code).toBe('ecs/cluster-not-found');
    expect(text).toMatch(/^There is no active cluster nowhere in eu-central-1: .*not found/);
    expect(text).toContain('Correct `cluster` or `aws-region`, or check the account of `aws-role`');
  }, 30_000);

  it('a cluster that was deleted: it says so', async () => {
    await withBalancedService(world);
    Object.assign(world.ecs.worlds.at(place).clusters.get('default') ?? {}, { status: 'INACTIVE' });
    const { code, text } = refusal(await world.deploy('shop-2'));
    expect(code).toBe('ecs/cluster-not-found');
    expect(text).toContain('The referenced cluster was inactive');
  }, 30_000);

  it('a service without a definition of it', async () => {
    const { code, text } = refusal(await world.deploy('shop-2'));
    expect(code).toBe('ecs/service-not-found');
    expect(text).toMatch(/^There is no service shop in the cluster default in eu-central-1\.\n/);
    expect(text).toContain('or give `service-definition`, from which it is created');
  }, 30_000);
});

describe('a role of the task that is not there', () => {
  it.each([
    ['taskRoleArn', 'execution'],
    ['executionRoleArn', 'task'],
  ])(
    '%s: ECS does not register it, and nothing has changed',
    async (name, other) => {
      await withBalancedService(world);
      world.ecs.worlds.at(place).roles = new Set([role(other)]);
      const step = await world.deploy('shop-2');
      expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ecs/role' });
      expect(step.errors).toHaveLength(1);
      const { text = '' } = step.errors[0] ?? {};
      expect(text).toMatch(/^ECS did not accept a role \(RegisterTaskDefinition\): .*not valid\. /);
      expect(text).toContain(`${name} ${String(wholeDefinition('shop-1')[name as 'taskRoleArn'])}`);
      expect(text).toContain('trust ecs-tasks.amazonaws.com');
      expect(step.log).toMatch(/was not changed and serves the version before/);
      expect(world.service.revisions).toHaveLength(1);
    },
    30_000,
  );

  it('is found at the start of the task: the version before serves', async () => {
    await withBalancedService(world);
    world.ecs.runtime.behave('shop-2', {
      fails: `ECS was unable to assume the role '${role('execution')}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions.`,
    });
    const step = await world.deploy('shop-2');
    expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'ecs/task-start' });
    const { text = '' } = step.errors[0] ?? {};
    expect(text).toContain('ECS may not assume a role of the task');
    expect(text).toContain(role('execution'));
    expect(text).toContain('Check `taskRoleArn` and `executionRoleArn`');
    expect(world.serves).toBe(image('shop-1'));
  }, 30_000);
});

describe('a service that ECS itself does not deploy', () => {
  const said = (controller: string) =>
    `The service shop has the deployment controller ${controller}; only ECS itself can be told what to deploy.`;

  it('CODE_DEPLOY: the error tells the way to ECS, and after it the version is deployed', async () => {
    await withBalancedService(world, { deploymentController: { type: 'CODE_DEPLOY' } });
    const { code, text } = refusal(await world.deploy('shop-2'));
    expect(code).toBe('ecs/controller');
    expect(text).toContain(said('CODE_DEPLOY'));
    expect(text).toContain(
      '`aws ecs update-service --cluster default --service shop --deployment-controller type=ECS`',
    );
    expect(text).toContain('Migrate to Amazon ECS blue/green deployments');

    await asAnybody(world, (client) =>
      client.updateService({ service: 'shop', deploymentController: { type: 'ECS' } }),
    );
    const step = await world.deploy('shop-2');
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(world.serves).toBe(image('shop-2'));
  }, 30_000);

  it('EXTERNAL: the error tells to create another one', async () => {
    await withBalancedService(world, {
      deploymentController: { type: 'EXTERNAL' },
      taskDefinition: undefined,
    });
    const { code, text } = refusal(await world.deploy('shop-2', { 'task-definition': 'shop' }));
    expect(code).toBe('ecs/controller');
    expect(text).toContain(said('EXTERNAL'));
    expect(text).toContain('let `service-definition` create a second service under another name');
  }, 30_000);
});

describe('health-path', () => {
  it('is joined to the address of the load balancer', async () => {
    await withBalancedService(world);
    const byPath = { 'health-url': '', 'health-path': '/health' };
    const step = await world.deploy('shop-2', byPath);
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(step.log).toContain(`, proven by ${world.app}/health answering 200`);
  }, 30_000);

  it.each([
    ['no load balancer', { loadBalancers: [] }, 'it has no load balancer with a target group'],
    [
      'a group that no listener leads to',
      { loadBalancers: 'alone' },
      'no load balancer sends anything to its target group',
    ],
  ])(
    'needs one, and nothing is changed without: %s',
    async (_, { loadBalancers }, why) => {
      const { arn } = world.ecs.worlds.at(place).balancing.addGroup({ name: 'alone' });
      const alone = [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }];
      await withBalancedService(world, { loadBalancers: loadBalancers === 'alone' ? alone : [] });
      const byPath = { 'health-url': '', 'health-path': '/health' };
      const { code, text } = refusal(await world.deploy('shop-2', byPath));
      expect(code).toBe('ecs/no-address');
      expect(text).toContain(why);
    },
    30_000,
  );
});
