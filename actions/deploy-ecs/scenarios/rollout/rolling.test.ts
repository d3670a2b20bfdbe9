import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  definitionOf,
  type Emulated,
  emulatedService,
  place,
  withService,
} from '../../test/rollout/emulated-service.ts';

let ecs: Emulated;

beforeEach(async () => {
  ecs = await emulatedService();
  const { crash, neverHealthy, noImage } = scripts;
  ecs.ecs.runtime.behave('crash', crash);
  ecs.ecs.runtime.behave('absent', noImage);
  ecs.ecs.runtime.behave('stuck', neverHealthy);
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

const old = (running: Emulated) => running.service().primary?.definition.containerDefinitions?.[0];
const counted = (name: string) => ecs.calls.filter((one) => one === name).length;
const app = 'by http://shop.example/health answering 200';
const broken = { deploymentCircuitBreaker: { enable: true, rollback: true } };

describe('a rolling deployment', () => {
  it('of a good version is deployed, and proven by the app', async () => {
    await withService(ecs);
    const { closing, failure, outputs, said, target } = await ecs.deploy('shop:2', {
      expect: 'shop:2',
    });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed', 'previous-image': 'shop:1' });
    expect(closing).toContain(
      `deployed: shop in default serves the new version (shop:2), proven ${app}`,
    );
    expect(said).toContain('IN_PROGRESS, stage SCALE_UP; 0 of 2 tasks run, 2 pending');
    expect(target.taskDefinition).toBe(
      'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2',
    );
    expect(target.serviceDeployment).toMatch(/:service-deployment\/default\/shop\/\d+$/);
    expect(counted('updateService')).toBe(1);
  });

  it('without an address of the app says that ECS alone vouches for it', async () => {
    await withService(ecs);
    const { closing } = await ecs.deploy('shop:2', { 'health-url': undefined });
    expect(closing).toBe(
      'deployed: shop in default serves the new version (shop:2), proven by ECS alone, as neither health-url nor health-path is given.',
    );
  });

  it('of what runs already changes nothing, and is proven again', async () => {
    await withService(ecs);
    const { closing } = await ecs.deploy('shop:1', {});
    expect(closing).toMatch(
      /^unchanged: shop in default serves this version, as before \(shop:1\)/,
    );
    expect(counted('updateService') + counted('registerTaskDefinition')).toBe(0);
  });

  it('of what runs already starts new tasks where that is asked for', async () => {
    await withService(ecs);
    const before = ecs.service().primary?.deploymentId;
    const { outputs, target } = await ecs.deploy('shop:1', { 'force-new-deployment': true });
    expect(outputs).toMatchObject({ status: 'deployed' });
    expect(ecs.service().primary?.deploymentId).not.toBe(before);
    expect(target.serviceDeployment).not.toBe('');
  });

  it('keeps the number of tasks that autoscaling has chosen', async () => {
    await withService(ecs);
    await ecs.client.updateService({ service: 'shop', desiredCount: 3 });
    await ecs.clock.sleep(600_000);
    await ecs.deploy('shop:2');
    expect(ecs.service().desired).toBe(3);
    const { said } = await ecs.deploy('shop:2', { 'desired-count': 4 });
    expect(said).toContain('tasks: 3 -> 4');
    expect(ecs.service().desired).toBe(4);
  });

  it('as a dry run writes nothing', async () => {
    await withService(ecs);
    const { closing, said } = await ecs.deploy('shop:2', { 'dry-run': true });
    expect(closing).toMatch(
      /^planned: shop in default was not changed and serves the version before/,
    );
    expect(said).toContain('image: shop:1 -> shop:2');
    expect(ecs.calls.filter((name) => !/^(?:describe|list)/.test(name))).toEqual([]);
  });
});

describe('a version that does not run', () => {
  it.each([
    ['crash', 'ecs/task-exited', 'code 1'],
    ['absent', 'ecs/image-pull', 'CannotPullContainerError'],
  ])('is red by what its tasks say, and rolled back: %s', async (tag, code, words) => {
    await withService(ecs);
    const { closing, failure, outputs } = await ecs.deploy(`shop:${tag}`);
    expect(failure).toMatchObject({ code });
    expect(failure?.message).toContain(words);
    expect(outputs).toMatchObject({ status: 'rolled-back' });
    expect(closing).toContain(
      `rolled-back: shop in default serves the version before (shop:1), proven ${app}`,
    );
    expect(old(ecs)?.image).toBe('shop:1');
    expect(counted('stopServiceDeployment')).toBe(1);
  });

  it('that never answers well is red when the time is up, and rolled back', async () => {
    await withService(ecs);
    const { closing, failure } = await ecs.deploy('shop:sick', { timeout: 120_000 });
    expect(failure?.code).toBe('deploy/unproven');
    expect(closing).toMatch(/^rolled-back: /);
    expect(old(ecs)?.image).toBe('shop:1');
    // ECS had called it a success, so the service is set back.
    expect(counted('updateService')).toBe(2);
  });

  it('without a rollback stays as it is, and that is said', async () => {
    await withService(ecs);
    const { closing } = await ecs.deploy('shop:crash', { rollback: false });
    expect(closing).toBe(
      'failed: shop in default is not proven to serve anything; there is no rollback: input rollback is false.',
    );
    expect(old(ecs)?.image).toBe('shop:crash');
  });
});

describe('what ECS does by itself', () => {
  const blind = { decisiveFailure: () => undefined };

  it('a circuit breaker that rolls back is seen, waited for, proven and red', async () => {
    await withService(ecs, { deploymentConfiguration: broken });
    const { closing, failure } = await ecs.deploy('shop:crash', {}, blind);
    expect(failure?.code).toBe('ecs/rolled-back');
    expect(failure?.message).toMatch(
      /ECS rolled this deployment back by itself: .*circuit breaker/,
    );
    expect(closing).toContain(`rolled-back: shop in default serves the version before (shop:1)`);
    expect(counted('stopServiceDeployment') + counted('updateService')).toBe(1);
  });

  it('a circuit breaker without a rollback leaves that to this run', async () => {
    await withService(ecs, {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const { closing, failure } = await ecs.deploy('shop:crash', {}, blind);
    expect(failure?.code).toBe('ecs/stopped');
    expect(closing).toMatch(/^rolled-back: /);
    expect(old(ecs)?.image).toBe('shop:1');
    expect(counted('updateService')).toBe(2);
  });

  it('an alarm rolls back by its name', async () => {
    await withService(ecs);
    ecs.before.set('describeServiceDeployments', (time) => {
      if (time === 5) ecs.ecs.worlds.at(place).setAlarm('shop-5xx', 'ALARM');
    });
    const { closing, failure } = await ecs.deploy('shop:2', { alarms: ['shop-5xx'] });
    expect(failure?.message).toContain('alarm shop-5xx went off');
    expect(closing).toMatch(/^rolled-back: /);
    // What the inputs had changed is as it was.
    expect(ecs.service().configuration.deploymentConfiguration?.alarms?.enable).toBe(false);
  });
});

describe('a deployment of somebody else', () => {
  const other = async () => {
    await ecs.client.registerTaskDefinition(definitionOf('shop:other'));
    await ecs.client.updateService({ service: 'shop', taskDefinition: 'shop' });
  };

  it('that replaces this one is red and left alone', async () => {
    await withService(ecs);
    ecs.before.set('describeServiceDeployments', async (time) => {
      if (time === 4) await other();
    });
    const { closing, failure } = await ecs.deploy('shop:2');
    expect(failure?.code).toBe('ecs/superseded');
    expect(closing).toBe(
      'failed: shop in default is not proven to serve anything; there is no rollback: another deployment has replaced this one.',
    );
    expect(old(ecs)?.image).toBe('shop:other');
    expect(counted('stopServiceDeployment')).toBe(0);
    expect(counted('updateService')).toBe(1);
  });

  it('that came between the plan and the change is not overwritten', async () => {
    await withService(ecs);
    ecs.before.set('registerTaskDefinition', other);
    const { failure } = await ecs.deploy('shop:2');
    expect(failure?.code).toBe('ecs/superseded');
    expect(counted('updateService')).toBe(0);
    expect(old(ecs)?.image).toBe('shop:other');
  });

  it('that is in flight is waited for', async () => {
    await withService(ecs);
    await other();
    const { outputs, said } = await ecs.deploy('shop:2');
    expect(outputs).toMatchObject({ status: 'deployed', 'previous-image': 'shop:other' });
    expect(said).toContain('Another deployment is in flight: waiting until it is over.');
  });

  it('that does not end is waited for as long as lock-timeout says', async () => {
    await withService(ecs);
    await ecs.client.registerTaskDefinition(definitionOf('shop:stuck'));
    await ecs.client.updateService({ service: 'shop', taskDefinition: 'shop' });
    ecs.ecs.worlds.at(place).setPlacement('Capacity is unavailable at this time');
    const { failure, took } = await ecs.deploy('shop:2', { 'lock-timeout': 60_000 });
    expect(failure?.message).toBe(
      'Another deployment of shop, which brings arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2, was still in flight after 1 min. Nothing was changed.',
    );
    expect(took).toBeGreaterThanOrEqual(60_000);
    expect(took).toBeLessThan(64_000);
    expect(counted('updateService')).toBe(0);
  });

  it('fails this run where that is asked for', async () => {
    await withService(ecs);
    await other();
    const { closing, failure } = await ecs.deploy('shop:2', { 'on-conflict': 'fail' });
    expect(failure?.code).toBe('ecs/in-flight');
    expect(closing).toBe('failed: shop in default was not changed.');
  });

  it('is taken over where that is asked for; a rollback leads to what was before both', async () => {
    await withService(ecs);
    await other();
    const good = await ecs.deploy('shop:2', { 'on-conflict': 'take-over' });
    expect(good.outputs).toMatchObject({ status: 'deployed' });
    await other();
    const bad = await ecs.deploy('shop:crash', { 'on-conflict': 'take-over' });
    expect(bad.closing).toMatch(/^rolled-back: /);
    expect(old(ecs)?.image).toBe('shop:2');
  });

  it('of the same task definition is this one, begun by an earlier run: it is taken up', async () => {
    await withService(ecs);
    await ecs.client.registerTaskDefinition(definitionOf('shop:2'));
    await ecs.client.updateService({ service: 'shop', taskDefinition: 'shop' });
    const { outputs } = await ecs.deploy('shop:2');
    expect(outputs).toMatchObject({ status: 'deployed', image: 'shop:2' });
    expect(counted('updateService') + counted('registerTaskDefinition')).toBe(0);
    expect(ecs.service().revisions).toHaveLength(2);
  });

  it('of the same task definition that is bad is rolled back by the run that took it up', async () => {
    await withService(ecs);
    await ecs.client.registerTaskDefinition(definitionOf('shop:crash'));
    await ecs.client.updateService({ service: 'shop', taskDefinition: 'shop' });
    const { closing } = await ecs.deploy('shop:crash');
    expect(closing).toMatch(/^rolled-back: /);
    expect(old(ecs)?.image).toBe('shop:1');
  });
});

describe('a first deployment', () => {
  const document = { 'service-definition': { at: 'text' as const, text: '{}' } };

  it('creates the service', async () => {
    const { closing } = await ecs.deploy('shop:1', document);
    expect(closing).toContain('deployed: shop in default serves the new version (shop:1)');
  });

  it('that fails removes it again', async () => {
    const { closing, failure } = await ecs.deploy('shop:crash', document);
    expect(failure?.code).toBe('ecs/task-exited');
    expect(closing).toBe(
      'failed: shop in default serves nothing, as before this run, proven by ECS, which has no such service any more.',
    );
    expect(ecs.service().status).toBe('INACTIVE');
  });

  it('without a definition of the service says what is missing', async () => {
    const { failure } = await ecs.deploy('shop:1');
    expect(failure?.code).toBe('ecs/service-not-found');
    expect(ecs.calls).toEqual(['describeServices']);
  });

  it('takes the place of one that was deleted', async () => {
    await withService(ecs);
    await ecs.client.deleteService({ service: 'shop', force: true });
    const draining = await ecs.deploy('shop:2', document);
    expect(draining.failure?.message).toContain('it is DRAINING');
    await ecs.clock.sleep(600_000);
    const inactive = await ecs.deploy('shop:2');
    expect(inactive.failure?.message).toContain('it is INACTIVE');
    const { outputs } = await ecs.deploy('shop:2', document);
    expect(outputs).toMatchObject({ status: 'deployed' });
  });
});
