import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { GroupBody } from '../../../src/azure/aci/body.ts';
import { groupBody } from '../arm-client.ts';
import { Shop, second } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});
afterEach(() => {
  const { runtime, world } = shop.aci;
  for (const group of world.groups()) world.remove(group);
  runtime.behave('shop:1', {});
});

const ports = (...all: number[]): GroupBody =>
  groupBody(
    { ipAddress: { type: 'Public', ports: all.map((port) => ({ port })) } },
    { ports: all.map((port) => ({ port })) },
  );
const label = (dnsNameLabel: string) =>
  groupBody({ ipAddress: { type: 'Public', ports: [{ port: 80 }], dnsNameLabel } });

describe('a body is refused that has', () => {
  test.each<[string, GroupBody, string]>([
    [
      'a reserved port',
      ports(22),
      "The port '22' in the 'ipAddress' of container group 'shop' is reserved.",
    ],
    ['another reserved port', ports(20_500), 'is reserved'],
    ['six ports', ports(1, 2, 3, 4, 5, 6), "The limit is '5'."],
    ['no port at its address', ports(), 'cannot be empty'],
    [
      'a port that no container has',
      groupBody({}, { ports: [{ port: 81 }] }),
      'is not a port of any container',
    ],
    [
      'a short label',
      label('node'),
      "The DNS name label 'node' in container group 'shop' is invalid.",
    ],
    ['a label in capitals', label('Slipway'), 'can contain only lowercase letters'],
    [
      'a container in capitals',
      {
        ...groupBody(),
        properties: {
          ...groupBody().properties,
          containers: groupBody().properties.containers.map((one) => ({ ...one, name: 'Web' })),
        },
      },
      "The container name 'Web'",
    ],
    [
      'an unknown policy',
      groupBody({ restartPolicy: 'always' }),
      'one of Always, OnFailure, Never',
    ],
    [
      'a mount of no volume',
      groupBody({}, { volumeMounts: [{ name: 'files', mountPath: '/a' }] }),
      "The volume 'files' of a volume mount",
    ],
    [
      'a colon in a mount path',
      groupBody({}, { volumeMounts: [{ name: 'files', mountPath: '/a:b' }] }),
      "must not contain ':'",
    ],
    [
      'a volume of two kinds',
      groupBody({ volumes: [{ name: 'files', emptyDir: {}, secret: {} }] }),
      'must have exactly one type',
    ],
    [
      'a secret that is not base64',
      groupBody({ volumes: [{ name: 'files', secret: { a: '%' } }] }),
      'is not base64',
    ],
    ['a public address in a subnet', groupBody({ subnetIds: [{ id: '/s' }] }), 'can not be public'],
    [
      'no password of a registry',
      groupBody({ imageRegistryCredentials: [{ server: 'a.azurecr.io' }] }),
      "The image registry credential of server 'a.azurecr.io'",
    ],
    [
      'limits below its requests',
      groupBody({}, { resources: { requests: { cpu: 2, memoryInGB: 1 }, limits: { cpu: 1 } } }),
      'are below its resource requests',
    ],
  ])('%s', async (_, body, message) => {
    const said = await shop.put(body);
    expect(said.status).toBe(400);
    expect(said.message).toContain(message);
    await expect(shop.about('GET')).resolves.toMatchObject({ status: 404 });
  });
});

describe('a group is refused', () => {
  test('without a region', async () => {
    const { properties } = groupBody();
    await expect(shop.put({ properties })).resolves.toMatchObject({
      status: 400,
      code: 'LocationRequired',
    });
  });

  test('in a region that has none', async () => {
    const said = await shop.put({ ...groupBody(), location: 'Moon' });
    expect(said).toMatchObject({ status: 400, code: 'LocationNotAvailableForResourceType' });
  });

  test.each([
    [
      'inaccessible',
      400,
      'InaccessibleImage',
      "The image 'shop:1' in container group 'shop' is not accessible.",
    ],
    [
      'registry-error',
      409,
      'RegistryErrorResponse',
      "An error response is received from the docker registry 'index.docker.io'.",
    ],
    [
      'os-version',
      400,
      'OsVersionNotSupported',
      "The OS version of image 'shop:1' is not supported.",
    ],
  ] as const)('whose image is %s', async (image, status, code, message) => {
    shop.aci.runtime.behave('shop:1', { image });
    const said = await shop.put();
    expect(said).toMatchObject({ status, code, message: expect.stringContaining(message) });
  });

  test('above the quota of its region, with limit and usage', async () => {
    shop.aci.world.setQuota('eastus', 'StandardCores', 1);
    await shop.create();
    const { ipAddress: _, ...more } = groupBody().properties;
    const said = await shop.put({ location: 'eastus', properties: more }, 'other');
    expect(said).toMatchObject({
      status: 409,
      code: 'ServiceUnavailable',
      message:
        "Resource type 'Microsoft.ContainerInstance/containerGroups' container group quota 'StandardCores' exceeded in region 'eastus'. Limit: '1', Usage: '1' Requested: '1'.",
    });
    shop.aci.world.setQuota('eastus', 'StandardCores', 100);
  });

  test('in a region without room, until there is some', async () => {
    shop.aci.world.fill('eastus');
    await expect(shop.put()).resolves.toMatchObject({
      status: 409,
      code: 'ServiceUnavailable',
      message: expect.stringContaining("is not available in the location 'eastus' at this moment"),
    });
    shop.aci.world.refill('eastus');
    await expect(shop.put()).resolves.toMatchObject({ status: 201 });
  });

  test('whose label another has in its region, but not in another region', async () => {
    await shop.create();
    const said = await shop.put(groupBody(), 'other');
    expect(said).toMatchObject({
      status: 400,
      message:
        "The DNS name label 'slipway' in container group 'other' not available. Try using a different label.",
    });
    await expect(
      shop.put({ ...groupBody(), location: 'westeurope' }, 'other'),
    ).resolves.toMatchObject({
      status: 201,
    });
  });

  test('whose label somebody else has', async () => {
    shop.aci.world.takeLabel('theirs.eastus');
    const said = await shop.put(label('theirs'));
    expect(said.message).toContain("The DNS name label 'theirs'");
  });

  test('in another region than it is in', async () => {
    await shop.create();
    const said = await shop.put({ ...groupBody(), location: 'westeurope' });
    expect(said).toMatchObject({ status: 409, code: 'InvalidResourceLocation' });
  });
});

describe('an update in place is refused', () => {
  const resources = { requests: { cpu: 1, memoryInGB: 2 } };
  test.each([
    ['another restart policy', groupBody({ restartPolicy: 'Never' })],
    ['another operating system', groupBody({ osType: 'Windows' })],
    ['more memory', groupBody({}, { resources })],
    ['a zone', { ...groupBody(), zones: ['1'] }],
    [
      'a workspace',
      groupBody({ diagnostics: { logAnalytics: { workspaceId: 'w', workspaceKey: 'k' } } }),
    ],
    [
      'a subnet',
      groupBody({
        subnetIds: [{ id: '/s' }],
        ipAddress: { type: 'Private', ports: [{ port: 80 }] },
      }),
    ],
  ])('of %s', async (_, body) => {
    await shop.create();
    const said = await shop.put(body);
    expect(said).toMatchObject({
      status: 400,
      code: 'InvalidContainerGroupUpdate',
      message: expect.stringContaining('you must delete it first and then create a new one'),
    });
    await expect(shop.group()).resolves.toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('while the group is changing, and for as long as a test holds it', async () => {
    await shop.put();
    await expect(shop.put()).resolves.toMatchObject({
      status: 409,
      code: 'ContainerGroupTransitioning',
      message: "The container group 'shop' is still transitioning, please retry later.",
    });
    shop.clock.pass(10 * second);
    await expect(shop.put()).resolves.toMatchObject({ status: 200 });
    shop.clock.pass(60 * second);
    shop.aci.world.group('shop').held = true;
    await expect(shop.put()).resolves.toMatchObject({ code: 'ContainerGroupTransitioning' });
    await expect(shop.about('DELETE')).resolves.toMatchObject({ status: 409 });
  });
});
