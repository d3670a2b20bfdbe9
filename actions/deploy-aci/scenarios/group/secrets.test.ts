import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identityId, vault } from '../../test/group/world.ts';
import { image, World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const properties = () => world.azure.world.group('shop').body.properties;
const references = () =>
  Object.entries(properties()).find(([name]) => name === 'secretReferences')?.[1];
const variable = (name: string) =>
  properties().containers[0]?.properties.environmentVariables?.find((one) => one.name === name);

describe('a secret of a container group', () => {
  it('that is an address in Key Vault survives an update that does not name it', async () => {
    const first = await world.deploy('shop-1', {
      secrets: `DATABASE_URL=${vault}`,
      identity: identityId('shop'),
    });
    expect(first.errors).toEqual([]);
    const before = { references: references(), url: variable('DATABASE_URL') };
    expect(JSON.stringify(before.references)).toContain(vault);
    const second = await world.deploy('shop-2');
    expect(second.errors).toEqual([]);
    expect(second.outputs).toMatchObject({ status: 'deployed', image: image('shop-2') });
    expect({ references: references(), url: variable('DATABASE_URL') }).toEqual(before);
  }, 60_000);

  it('by its value stops an update that does not name it, and nothing is changed', async () => {
    await world.deploy('shop-1', { secrets: 'API_TOKEN=k3pt-by-nobody' });
    const before = JSON.stringify(properties());
    const { errors, log, outputs } = await world.deploy('shop-2');
    expect(outputs).toMatchObject({ status: 'failed', reason: 'aci/secrets-lost' });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.text).toContain('API_TOKEN');
    expect(log).toContain('failed: shop in shop was not changed.');
    expect(JSON.stringify(properties())).toBe(before);
    expect(variable('API_TOKEN')).toMatchObject({ secureValue: 'k3pt-by-nobody' });
  }, 60_000);

  it('by its value that is given again is kept, also by the way back from a bad version', async () => {
    const secrets = { secrets: 'API_TOKEN=k3pt-by-nobody' };
    await world.deploy('shop-1', secrets);
    const bad = await world.deploy('shop-crash', secrets);
    expect(bad.outputs).toMatchObject({ status: 'rolled-back', reason: 'aci/crash-loop' });
    expect(properties().containers[0]?.properties.image).toBe(image('shop-1'));
    expect(variable('API_TOKEN')).toMatchObject({ secureValue: 'k3pt-by-nobody' });
    expect(bad.log.replace(/^::add-mask::.*\n/gm, '')).not.toContain('k3pt-by-nobody');
  }, 60_000);
});
