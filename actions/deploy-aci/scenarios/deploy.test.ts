import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identityId } from '../test/group/world.ts';
import { image, World } from './world.ts';

describe('a container group', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
  });

  it('is created, gets a second version, and stays as it is', async () => {
    const first = await world.deploy('shop-1');
    expect(first).toMatchObject({ code: 0, errors: [] });
    expect(first.outputs).toMatchObject({
      status: 'deployed',
      image: image('shop-1'),
      fqdn: 'shop-web.eastus.azurecontainer.io',
      url: 'http://shop-web.eastus.azurecontainer.io:3000',
    });
    expect(first.outputs['ip']).toMatch(/^127\./);

    const planned = await world.deploy('shop-2', { 'dry-run': 'true' });
    expect(planned.outputs).toMatchObject({ status: 'planned' });

    const second = await world.deploy('shop-2', { expect: 'shop-2' });
    expect(second).toMatchObject({ code: 0, errors: [] });
    expect(second.outputs).toMatchObject({
      status: 'deployed',
      image: image('shop-2'),
      'previous-image': image('shop-1'),
    });
    const same = await world.deploy('shop-2');
    expect(same.outputs).toMatchObject({ status: 'unchanged' });
    expect(world.groups).toEqual(['shop']);
  }, 120_000);

  it('that would have no address to ask is not created', async () => {
    const step = await world.deploy('shop-1', { ports: '', 'dns-label': '' });
    expect(step.outputs).toMatchObject({ status: 'failed', reason: 'aci/no-address' });
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.text).toMatch(/`ports`.*`health-url`/s);
    expect(step.log).toContain('failed: shop in shop was not changed.');
    expect(world.groups).toEqual([]);
  }, 60_000);

  it('keeps its port, its name and its identity where a later deployment names none', async () => {
    await world.deploy('shop-1', { identity: identityId('shop') });
    const { errors, outputs } = await world.deploy('shop-2', { ports: '', 'dns-label': '' });
    expect(errors).toEqual([]);
    expect(outputs).toMatchObject({
      status: 'deployed',
      fqdn: 'shop-web.eastus.azurecontainer.io',
    });
    const { identity } = world.azure.world.group('shop').body;
    expect(Object.keys(identity?.userAssignedIdentities ?? {})).toEqual([identityId('shop')]);
  }, 60_000);

  it.each([
    ['crash', 'aci/crash-loop'],
    ['absent', 'aci/image-pull'],
    ['hungry', 'aci/out-of-memory'],
  ])(
    'that gets a bad version says why, and serves the version before: %s',
    async (name, code) => {
      await world.deploy('shop-1');
      const bad = await world.deploy(`shop-${name}`);
      expect(bad.code).toBe(1);
      expect(bad.outputs).toMatchObject({ status: 'rolled-back', reason: code });
      expect(bad.errors).toHaveLength(1);
      expect(bad.log.trimEnd().split('\n').at(-1)).toContain(
        `rolled-back: shop in shop serves the version before (${image('shop-1')}), proven by http://127.`,
      );
    },
    120_000,
  );

  it('whose time is up says what is against the new version by then', async () => {
    await world.deploy('shop-1');
    world.behave('shop-odd', {
      pull: 1_000,
      start: 1_000,
      exit: { after: 1_000, code: 3, times: 1 },
      answer: { status: 503, body: 'no database' },
    });
    const { errors, outputs } = await world.deploy('shop-odd', { timeout: '8s' });
    // By when the time is up: while it is watched, or while it is asked.
    const reason = expect.stringMatching(/^deploy\/(?:timeout|unproven)$/);
    expect(outputs).toMatchObject({ status: 'rolled-back', reason });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toMatch(/^aci\/crash-loop: .*shop .*once.* with code 3/m);
  }, 60_000);

  it('that Azure refuses to change is not restarted by a way back', async () => {
    await world.deploy('shop-1');
    const since = () => world.azure.world.group('shop').containers[0]?.state.startTime;
    const before = since();
    world.azure.world.takeLabel('shop-other.eastus');
    const refused = await world.deploy('shop-2', { 'dns-label': 'shop-other' });
    expect(refused.outputs).toMatchObject({ status: 'rolled-back', reason: 'aci/label-taken' });
    expect(refused.log).toContain(`serves the version before (${image('shop-1')})`);
    expect(since()).toBe(before);
  }, 60_000);

  it('whose first version crashes is removed again', async () => {
    const { log, outputs } = await world.deploy('shop-crash');
    expect(outputs).toMatchObject({ status: 'failed' });
    expect(log).toContain('serves nothing, as before this run');
    expect(world.groups).toEqual([]);
  }, 60_000);

  it.each([
    ['good', 'deployed'],
    ['crash', 'rolled-back'],
  ])(
    'is rehearsed in a second one, which is gone afterwards: %s',
    async (name, status) => {
      await world.deploy('shop-1');
      const result = await world.deploy(`shop-${name}`, { strategy: 'rehearse' });
      expect(result.outputs).toMatchObject({ status });
      expect(result.log).toContain('rehearse in shop-next');
      expect(world.groups).toEqual(['shop']);
      // A version that did not survive its rehearsal never came near the group that serves.
      const restarts =
        world.azure.world.group('shop').body.properties.containers[0]?.properties.image;
      expect(restarts).toBe(image(name === 'good' ? 'shop-good' : 'shop-1'));
    },
    120_000,
  );
});
