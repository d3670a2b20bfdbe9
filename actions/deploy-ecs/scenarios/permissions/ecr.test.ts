import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { withBalancedService } from '../balanced.ts';
import { bundle, image, World } from '../world.ts';
import { type EcrRegistry, ecrImage, startEcrRegistry } from './ecr-registry.ts';

const repository = 'arn:aws:ecr:eu-central-1:123456789012:repository/shop';
let world: World;
let ecr: EcrRegistry;
beforeEach(async () => {
  world = await World.open();
  ecr = await startEcrRegistry(world);
  await withBalancedService(world);
});
afterEach(async () => {
  await ecr[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const deploy = (reference: string) => {
  const inputs = { ...world.inputs('shop-2'), image: reference, 'health-threshold': '1' };
  return world.runner.start(bundle, inputs, { ...world.env, ...ecr.env }).done;
};

describe('an image in ECR', () => {
  it('by its tag is deployed by its digest, with the calls of the list and no others', async () => {
    const step = await deploy(`${ecrImage}:2`);
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(world.serves).toBe(`${ecrImage}@${ecr.digest}`);
    const called = world.aws.permissions.calls
      .filter(({ action }) => action.startsWith('ecr:'))
      .map(({ action }) => action);
    const listed = permissions
      .map(({ action }) => action)
      .filter((action) => action.startsWith('ecr:'));
    expect([...new Set(called)].sort()).toEqual(listed.sort());
  }, 30_000);

  it('by its tag is resolved once, however long another deployment is waited for', async () => {
    world.ecs.runtime.behave('shop-slow', { pull: 8_000, start: 1, healthy: 1 });
    const other = world.start('shop-slow', { 'health-threshold': '1' });
    await other.saw(/^(done|begin).*: apply/m);
    const step = await deploy(`${ecrImage}:2`);
    await other.done;
    expect(step).toMatchObject({ code: 0, errors: [] });
    expect(step.log).toContain('waiting until it is over');
    const logins = world.aws.permissions.calls.filter(
      ({ action }) => action === 'ecr:GetAuthorizationToken',
    );
    expect(logins).toHaveLength(1);
  }, 60_000);

  it.each([
    ['ecr:GetAuthorizationToken', '*', 'identity/permission'],
    ['ecr:BatchGetImage', repository, 'image/denied'],
    ['ecr:GetDownloadUrlForLayer', repository, 'image/denied'],
  ])(
    'by its tag, without %s: nothing is changed',
    async (action, resource, code) => {
      world.aws.permissions.withhold(action);
      const step = await deploy(`${ecrImage}:2`);
      expect(step.outputs).toMatchObject({ status: 'failed', reason: code });
      expect(step.errors).toHaveLength(1);
      expect(step.errors[0]?.text).toContain(
        `is not authorized to perform: ${action} on resource: ${resource}`,
      );
      expect(world.serves).toBe(image('shop-1'));
      expect(world.service.revisions).toHaveLength(1);
    },
    30_000,
  );

  it.each([
    ['ecr:GetAuthorizationToken', '*'],
    ['ecr:BatchGetImage', repository],
    ['ecr:GetDownloadUrlForLayer', repository],
  ])(
    'by its digest, without %s: only its platform is not checked',
    async (action, resource) => {
      world.aws.permissions.withhold(action);
      const step = await deploy(`${ecrImage}@${ecr.digest}`);
      expect(step.outputs).toMatchObject({ status: 'deployed' });
      const said = step.log.split('\n').filter((line) => line.includes(' is not checked, as '));
      expect(said).toEqual([
        expect.stringContaining(`is not authorized to perform: ${action} on resource: ${resource}`),
      ]);
      expect(world.serves).toBe(`${ecrImage}@${ecr.digest}`);
    },
    30_000,
  );
});
