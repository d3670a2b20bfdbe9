import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { image, place, World } from './world.ts';

describe('a service of Amazon ECS', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it('is created, gets a second version, and stays as it is', async () => {
    const first = await world.first();
    expect(first).toMatchObject({ code: 0, errors: [] });
    expect(first.outputs).toMatchObject({ status: 'deployed', image: image('shop-1') });

    const planned = await world.deploy('shop-2', { 'dry-run': 'true' });
    expect(planned.outputs).toMatchObject({ status: 'planned' });
    expect(world.serves).toBe(image('shop-1'));

    const second = await world.deploy('shop-2', { expect: 'shop-2' });
    expect(second).toMatchObject({ code: 0, errors: [] });
    expect(second.outputs).toMatchObject({
      status: 'deployed',
      image: image('shop-2'),
      'previous-image': image('shop-1'),
      'task-definition': 'arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:2',
    });
    expect(second.outputs['service-deployment']).toMatch(/:service-deployment\/default\/shop\//);
    expect(second.summary).toContain('deployed and proven');
    expect(world.serves).toBe(image('shop-2'));

    const same = await world.deploy('shop-2');
    expect(same.outputs).toMatchObject({ status: 'unchanged' });
    expect(world.service.revisions).toHaveLength(2);
  }, 60_000);

  it.each([
    ['crash', 'ecs/task-exited'],
    ['absent', 'ecs/image-pull'],
  ])(
    'that gets a bad version says why, and serves the version before: %s',
    async (behaviour, code) => {
      await world.first();
      const bad = await world.deploy(`shop-${behaviour}`);
      expect(bad.code).toBe(1);
      expect(bad.outputs).toMatchObject({ status: 'rolled-back', reason: code });
      expect(bad.errors).toHaveLength(1);
      expect(bad.log.trimEnd().split('\n').at(-1)).toContain(
        `rolled-back: shop in default serves the version before (${image('shop-1')}), proven by http://127.0.0.1`,
      );
      expect(world.serves).toBe(image('shop-1'));
    },
    60_000,
  );

  it('whose first version crashes is removed again', async () => {
    const { log, outputs } = await world.first('shop-crash');
    expect(outputs).toMatchObject({ status: 'failed' });
    expect(log).toContain('serves nothing, as before this run');
    world.ecs.timeline.advance();
    expect(world.service.status).toBe('INACTIVE');
  }, 60_000);

  it('keeps as many revisions as it is told, and those that are used', async () => {
    await world.first();
    await world.deploy('shop-2');
    const third = await world.deploy('shop-3', { 'keep-revisions': '2' });
    expect(third.outputs).toMatchObject({ status: 'deployed' });
    const { definitions } = world.ecs.worlds.at(place);
    const status = (name: string) => definitions.find(name)?.definition.status;
    expect(['shop:1', 'shop:2', 'shop:3'].map(status)).toEqual(['INACTIVE', 'ACTIVE', 'ACTIVE']);
  }, 60_000);

  it('gets a migration before its second version; one that fails leaves the first', async () => {
    await world.first();
    world.ecs.runtime.behave((container) => container.command?.includes('migrate') === true, {
      exit: { after: 20, code: 0 },
    });
    const good = await world.deploy('shop-2', { 'run-before': 'npm run migrate' });
    expect(good.outputs).toMatchObject({ status: 'deployed' });
    expect(good.log).toContain('run-before: done');
    world.ecs.runtime.behave((container) => container.command?.includes('broken') === true, {
      exit: { after: 20, code: 3 },
    });
    const bad = await world.deploy('shop-3', { 'run-before': 'npm run broken' });
    expect(bad.outputs).toMatchObject({ status: 'failed', reason: 'ecs/run-before' });
    expect(bad.log).toContain('was not changed and serves the version before');
    expect(world.serves).toBe(image('shop-2'));
  }, 60_000);

  it('is rolled back by ECS itself when the job is cancelled; the job again deploys', async () => {
    await world.first();
    const step = world.start('shop-stuck');
    await step.saw(/IN_PROGRESS/);
    step.kill('SIGINT');
    const { log, outputs } = await step.done;
    expect(outputs).toMatchObject({ status: 'cancelled' });
    expect(log.trimEnd().split('\n').at(-1)).toContain(
      'and ends that by itself; run the job again',
    );
    const again = await world.deploy('shop-2');
    expect(again.outputs).toMatchObject({
      status: 'deployed',
      'previous-image': image('shop-1'),
    });
  }, 60_000);
});
