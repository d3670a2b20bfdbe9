import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { image, World } from './world.ts';

describe('a deployment that AWS refuses', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
    await world.first();
  }, 30_000);
  afterAll(() => world[Symbol.asyncDispose]());
  // The service is as it was, whatever was refused.
  afterEach(() => {
    world.aws.permissions.restore();
    expect(world.serves).toBe(image('shop-1'));
    expect(world.service.revisions).toHaveLength(1);
  });

  it.each([
    ['an unknown cluster', { cluster: 'nowhere' }, 'ecs/cluster-not-found'],
    ['an unknown service', { service: 'shop-2' }, 'ecs/service-not-found'],
    ['an unknown container', { container: 'sidecar' }, 'ecs/container-not-found'],
  ])(
    'says why by a code of its own: %s',
    async (_, inputs, code) => {
      const { errors, outputs } = await world.deploy('shop-2', inputs);
      expect(errors.map(({ title }) => title)).toEqual([`deploy-ecs: ${code}`]);
      expect(outputs).toMatchObject({ status: 'failed', reason: code });
    },
    30_000,
  );

  it.each(['ecs:DescribeServices', 'ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'])(
    'names the permission that the role lacks: %s',
    async (action) => {
      world.aws.permissions.withhold(action);
      const { errors, outputs } = await world.deploy('shop-2');
      expect(errors.map(({ title }) => title)).toEqual(['deploy-ecs: ecs/denied']);
      expect(errors[0]?.text).toContain(action);
      expect(outputs).toMatchObject({ status: 'failed', reason: 'ecs/denied' });
    },
    30_000,
  );
});
