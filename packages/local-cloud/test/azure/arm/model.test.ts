import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findViolation } from '../../../src/azure/arm/model/check.ts';
import { newerFields } from '../../../src/azure/arm/model/newer.ts';
import { publishedMappers } from '../../../src/azure/arm/model/published.ts';
import { Shop } from '../aci/shop.ts';
import { groupBody } from '../arm-client.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});

describe('a body that is not what the published clients write is refused', () => {
  const { properties } = groupBody();
  test.each([
    [
      'an unknown field',
      { properties: { ...properties, restartpolicy: 'Always' } },
      "Could not find member 'restartpolicy' on object of type 'ContainerGroup'. Path 'properties.restartpolicy'.",
    ],
    [
      'a field at the wrong place',
      { ...groupBody(), containers: [] },
      "Could not find member 'containers' on object of type 'ContainerGroup'. Path 'containers'.",
    ],
    [
      'a text for a number',
      groupBody({}, JSON.parse('{"ports":[{"port":"80"}]}')),
      "it has to be a number. Path 'properties.containers[0].properties.ports[0].port'.",
    ],
    [
      'a value that is not one of the list',
      { ...groupBody(), identity: { type: 'systemAssigned' } },
      'it has to be one of SystemAssigned, UserAssigned',
    ],
    [
      'no containers',
      { location: 'eastus', properties: { osType: 'Linux' } },
      "Required property 'containers' not found in JSON. Path 'properties'.",
    ],
    ['nothing', {}, "Required property 'containers' not found in JSON. Path 'properties'."],
    [
      'a container without an image',
      { properties: { osType: 'Linux', containers: [{ name: 'web' }] } },
      "Required property 'image' not found in JSON.",
    ],
  ])('%s', async (_, body, message) => {
    const said = await shop.put(body);
    expect(said).toMatchObject({ status: 400, code: 'InvalidRequestContent' });
    expect(said.message).toContain(message);
  });

  test('and fields of a newer API version by an older one', async () => {
    const body = groupBody(
      {},
      { environmentVariables: [{ name: 'A', secureValueReference: 'a' }] },
    );
    const older = await shop.about('PUT', { body, version: '2023-05-01' });
    expect(older.message).toContain("Could not find member 'secureValueReference'");
    await expect(shop.put(body)).resolves.toMatchObject({ status: 201 });
  });
});

test('what is read only may be sent back, as clients do', () => {
  const { properties } = groupBody();
  const body = {
    ...groupBody(),
    id: 1,
    properties: { ...properties, provisioningState: 'Failed' },
  };
  expect(findViolation('ContainerGroup', body)).toBeUndefined();
});

test('the list of newer fields has none that the published clients know', () => {
  const known = Object.entries(newerFields).flatMap(([name, fields]) => {
    const published = Object.values(publishedMappers()[name]?.type.modelProperties ?? {});
    const names = new Set(published.map(({ serializedName }) => serializedName));
    return Object.keys(fields).filter((field) => names.has(field) || names.size === 0);
  });
  expect(known).toEqual([]);
});

test('no answer has anything in it that is secret', async () => {
  const secrets = {
    imageRegistryCredentials: [{ server: 'shop.azurecr.io', username: 'me', password: 'secret-1' }],
    volumes: [
      {
        name: 'share',
        azureFile: { shareName: 's', storageAccountName: 'a', storageAccountKey: 'secret-2' },
      },
      { name: 'files', secret: { key: Buffer.from('secret-3').toString('base64') } },
    ],
    diagnostics: { logAnalytics: { workspaceId: 'w', workspaceKey: 'secret-4' } },
    extensions: [{ name: 'kube', properties: { protectedSettings: { key: 'secret-5' } } }],
  };
  const environmentVariables = [
    { name: 'A', secureValue: 'secret-6' },
    { name: 'B', value: 'open' },
  ];
  const name = 'secrets';
  const { ipAddress: _, ...more } = groupBody(secrets, { environmentVariables }).properties;
  const created = await shop.put({ location: 'eastus', properties: more }, name);
  const read = await shop.about('GET', { name });
  for (const said of [created, read]) {
    expect(JSON.stringify(said.body)).not.toMatch(/secret-\d/);
    expect(said.body).toMatchObject({
      properties: {
        imageRegistryCredentials: [{ server: 'shop.azurecr.io', username: 'me' }],
        volumes: [{ azureFile: { shareName: 's' } }, { secret: {} }],
        diagnostics: { logAnalytics: { workspaceId: 'w' } },
        containers: [
          { properties: { environmentVariables: [{ name: 'A' }, { name: 'B', value: 'open' }] } },
        ],
      },
    });
  }
});
