import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  cancelled,
  type Emulated,
  emulatedService,
  withService,
} from '../../test/rollout/emulated-service.ts';

const first = { 'service-definition': { at: 'text' as const, text: '{}' } };
let ecs: Emulated;

beforeEach(async () => {
  ecs = await emulatedService();
  ecs.ecs.runtime.behave('crash', scripts.crash);
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

const image = () => ecs.service().primary?.definition.containerDefinitions?.[0]?.image;

/** Cancels the run with a call of this name, the so-manieth. */
function cancelAt(name: string, number = 1): AbortSignal {
  const controller = new AbortController();
  ecs.before.set(name, (time) => {
    if (time === number) controller.abort(cancelled);
  });
  return controller.signal;
}

/** What ECS has come to by itself, when the job is long gone. */
async function settled() {
  await ecs.clock.sleep(30 * 60_000);
  const { services: [service] = [] } = await ecs.client.describeServices({ services: ['shop'] });
  return { image: image(), rollout: service?.deployments?.map(({ rolloutState }) => rolloutState) };
}

describe('a cancelled run', () => {
  it.each([
    ['describeServices', 1],
    ['describeTaskDefinition', 1],
    ['registerTaskDefinition', 1],
  ])('that has changed nothing just ends: at %s %i', async (name, number) => {
    await withService(ecs);
    const { closing } = await ecs.deploy('shop:2', {}, { signal: cancelAt(name, number) });
    expect(closing).toMatch(/^cancelled: shop in default was not changed/);
    expect(await settled()).toEqual({ image: 'shop:1', rollout: ['COMPLETED'] });
    expect(ecs.service().revisions).toHaveLength(1);
  });

  it('right before its change has changed nothing, and says so', async () => {
    await withService(ecs);
    const { closing } = await ecs.deploy('shop:2', {}, { signal: cancelAt('describeServices', 2) });
    expect(closing).toBe(
      'cancelled: shop in default is not proven to serve anything; shop was not changed and is set to run arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:1.',
    );
    expect(ecs.calls).not.toContain('updateService');
    expect(await settled()).toEqual({ image: 'shop:1', rollout: ['COMPLETED'] });
    expect(ecs.service().revisions).toHaveLength(1);
  });

  it.each([
    ['updateService', 1],
    ['listTasks', 1],
    ['describeServiceDeployments', 3],
    ['describeServiceDeployments', 5],
    ['describeServiceDeployments', 12],
  ])('has ECS roll back, and says how that ends: at %s %i', async (name, number) => {
    await withService(ecs);
    const { closing, took } = await ecs.deploy('shop:2', {}, { signal: cancelAt(name, number) });
    expect(closing).toBe(
      'cancelled: shop in default is not proven to serve anything; ECS was told to roll shop back to arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:1, and ends that by itself; run the job again to see it settled.',
    );
    expect(ecs.calls.slice(ecs.calls.indexOf('updateService'))).toContain('stopServiceDeployment');
    expect(took).toBeLessThan(60_000);
    expect(await settled()).toEqual({ image: 'shop:1', rollout: ['COMPLETED'] });
  });

  it('does so within the time that the runner gives', async () => {
    await withService(ecs);
    const controller = new AbortController();
    let at = 0;
    ecs.before.set('describeServiceDeployments', (time) => {
      if (time !== 5) return;
      at = ecs.clock.now();
      controller.abort(cancelled);
    });
    await ecs.deploy('shop:2', {}, { signal: controller.signal });
    expect(ecs.clock.now() - at).toBeLessThan(5_000);
  });

  it('during its own rollback leaves that to ECS', async () => {
    await withService(ecs);
    const controller = new AbortController();
    ecs.before.set('stopServiceDeployment', async () => {
      ecs.before.set('describeServiceDeployments', () => controller.abort(cancelled));
    });
    const { closing, failure } = await ecs.deploy('shop:crash', {}, { signal: controller.signal });
    expect(failure?.code).toBe('ecs/task-exited');
    expect(closing).toMatch(/ECS was told to roll shop back to .*shop:1, and ends that by itself/);
    expect(await settled()).toEqual({ image: 'shop:1', rollout: ['COMPLETED'] });
  });

  it('of a first deployment deletes what it created', async () => {
    const signal = cancelAt('listTasks', 2);
    const { closing } = await ecs.deploy('shop:1', first, { signal });
    expect(closing).toBe(
      'cancelled: shop in default is not proven to serve anything; ECS deletes shop again, which was not there before.',
    );
    await ecs.clock.sleep(30 * 60_000);
    await ecs.client.describeServices({ services: ['shop'] });
    expect(ecs.service().status).toBe('INACTIVE');
  });

  it('that may not stop a deployment sets the service back', async () => {
    await withService(ecs);
    ecs.aws.permissions.withhold('ecs:StopServiceDeployment');
    const signal = cancelAt('describeServiceDeployments', 4);
    const { closing } = await ecs.deploy('shop:2', {}, { signal });
    expect(closing).toContain('shop:1 back by itself');
    expect(await settled()).toEqual({ image: 'shop:1', rollout: ['COMPLETED'] });
  });
});

describe('the same job again', () => {
  it('waits for the rollback that was left, and deploys', async () => {
    await withService(ecs);
    await ecs.deploy('shop:2', {}, { signal: cancelAt('describeServiceDeployments', 4) });
    ecs.before.clear();
    const { outputs, said } = await ecs.deploy('shop:2');
    expect(said).toContain('Another deployment is in flight: waiting until it is over.');
    expect(outputs).toMatchObject({ status: 'deployed', 'previous-image': 'shop:1' });
  });
});
