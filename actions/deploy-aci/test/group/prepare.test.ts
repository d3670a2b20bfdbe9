import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import {
  answered,
  containerOf,
  digest,
  identityId,
  image,
  olderDigest,
  olderImage,
  prepare,
  refusal,
  type Scene,
  shop,
  shopIdentity,
  shopWith,
  web,
} from './world.ts';

const sidecar: JsonObject = {
  name: 'proxy',
  properties: { ...web, image: 'nginx:1', ports: [{ port: 80, protocol: 'TCP' }] },
};
const two = shopWith(
  {},
  { containers: [sidecar, { name: 'web', properties: web }], ipAddress: undefined },
);

/** Properties of a group in what is prepared for a scene. */
async function propertiesOf(scene: Scene): Promise<JsonObject> {
  const { document } = await prepare(scene);
  return Object(document['properties']);
}

describe('what is deployed', () => {
  it('is what runs, with the image of the input by its digest', async () => {
    const prepared = await prepare({ image: 'shop.azurecr.io/shop:1.2.3' });
    expect(prepared).toMatchObject({
      change: { kind: 'update' },
      diff: [{ what: 'web: image', before: olderImage, after: image }],
      image,
      previousImage: olderImage,
      container: 'web',
      port: 3000,
      notes: [],
    });
    expect(prepared.document).toEqual({
      ...shopWith({ image }, { sku: 'Standard' }),
    });
  });

  it('is nothing new where just that runs', async () => {
    const same: Scene[] = [
      { image: olderImage },
      { image: olderImage, env: { LOG_LEVEL: 'info', EMPTY: '' } },
      { image: olderImage, ports: ['3000/tcp'], inputs: { cpu: 1, memory: 1.5 } },
      { image: olderImage, inputs: { 'dns-label': 'shop-web', 'restart-policy': 'Always' } },
      { spec: shop },
    ];
    for (const scene of same) {
      expect(await prepare(scene)).toMatchObject({ change: { kind: 'none' }, diff: [] });
    }
  });

  it('is a document of the input in place of what runs, with the inputs in it', async () => {
    const spec = shopWith({ image: 'shop.azurecr.io/shop:2' }, {}, { tags: { team: 'web' } });
    const prepared = await prepare({ spec, env: { LOG_LEVEL: 'debug' } });
    expect(prepared.resolved).toEqual(['shop.azurecr.io/shop:2']);
    expect(prepared).toMatchObject({ image, change: { kind: 'update' } });
    expect(prepared.diff).toEqual([
      { what: 'tags team', before: 'shop', after: 'web' },
      { what: 'web: image', before: olderImage, after: image },
      { what: 'web: environment LOG_LEVEL', before: 'info', after: 'debug' },
    ]);
  });

  it('has what Azure cannot change just as it runs, and words as Azure writes them', async () => {
    const resources = { requests: { cpu: 1, memoryInGB: 1.5 } };
    const subnetIds = [{ id: '/subnets/One', name: 'one' }];
    const address = { type: 'Private', ports: [{ port: 3000, protocol: 'TCP' }] };
    const live = answered(
      shopWith({ resources }, { subnetIds, ipAddress: address }, { zones: ['2', '1'] }),
    );
    const spec = shopWith(
      {
        image,
        ports: [{ port: 3000, protocol: 'tcp' }],
        resources: { ...resources, limits: { cpu: JSON.rawJSON('1.0'), memoryInGB: 1.5 } },
      },
      {
        osType: 'linux',
        restartPolicy: 'ALWAYS',
        subnetIds: [{ id: '/subnets/one' }],
        ipAddress: { ...address, type: 'private' },
      },
      { location: 'East US', zones: ['1', '2'] },
    );
    const { document, change } = await prepare({ live, spec });
    expect(change).toEqual({ kind: 'update' });
    expect(document).toEqual(
      shopWith({ image, resources }, { subnetIds, ipAddress: address }, { zones: ['2', '1'] }),
    );
  });

  it('leaves out what Azure answers and does not take, and says so', async () => {
    const more = { of_tomorrow: { id: null, list: [[]] } };
    const live = answered(
      shopWith(
        { ...more, environmentVariables: [{ name: 'A', value: '1', ...more }] },
        { volumes: [{ name: 'cache', emptyDir: more }], ...more },
        { tags: { team: 'shop', ...more }, ...more },
      ),
    );
    const { document, diff, notes } = await prepare({ live, image });
    expect(diff.map(({ what }) => what)).toEqual(['web: image']);
    expect(document).toEqual(
      shopWith(
        { image, environmentVariables: [{ name: 'A', value: '1' }] },
        { sku: 'Standard', volumes: [{ name: 'cache', emptyDir: {} }] },
      ),
    );
    expect(notes).toEqual([expect.stringContaining('not sent back: of_tomorrow.')]);
  });

  it('is a new group with a core, 1.5 GB and a public address for its ports', async () => {
    const prepared = await prepare({
      live: undefined,
      image: 'shop.azurecr.io/shop:1',
      ports: ['3000', '53/udp'],
      env: { KEY: 'a=b=' },
      inputs: { 'dns-label': 'shop-web', command: ['node', 'a b'] },
    });
    expect(prepared).toMatchObject({
      change: { kind: 'create' },
      previousImage: undefined,
      container: 'shop',
      port: 3000,
    });
    expect(prepared.diff).toContainEqual({ what: 'shop: image', before: '', after: image });
    const ports = [
      { port: 3000, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
    ];
    expect(prepared.document).toEqual({
      location: 'westeurope',
      properties: {
        osType: 'Linux',
        restartPolicy: 'Always',
        containers: [
          {
            name: 'shop',
            properties: {
              image,
              command: ['node', 'a b'],
              ports,
              environmentVariables: [{ name: 'KEY', value: 'a=b=' }],
              resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
            },
          },
        ],
        ipAddress: { type: 'Public', ports, dnsNameLabel: 'shop-web' },
      },
    });
  });

  it('has no address where a new group has neither ports nor a label', async () => {
    const { document, port } = await prepare({ live: undefined, image });
    expect(Object(document['properties'])['ipAddress']).toBeUndefined();
    expect(port).toBeUndefined();
  });

  it.each<[string, Scene, string]>([
    ['the input', { inputs: { location: 'northeurope' } }, 'northeurope'],
    ['the document', { live: undefined, spec: { ...shop, location: 'West US' } }, 'West US'],
    ['what runs', { spec: { ...shop, location: undefined } }, 'eastus'],
    ['what runs, without a document', { image }, 'eastus'],
    ['the resource group', { live: undefined, image }, 'westeurope'],
  ])('is in the region of %s', async (_, scene, location) => {
    const { document } = await prepare({ image, ...scene });
    expect(document['location']).toBe(location);
  });

  it('keeps the tags of others and drops those of a release', async () => {
    const tags = { team: 'shop', 'slipway-image': olderImage, 'slipway-sha': 'abc' };
    const prepared = await prepare({ live: answered({ ...shop, tags }), image: olderImage });
    expect(prepared).toMatchObject({ change: { kind: 'none' }, diff: [] });
    expect(prepared.document['tags']).toEqual({ team: 'shop' });
  });
});

describe('the previous image', () => {
  const tagged = (by: string) =>
    answered(shopWith({ image: 'shop.azurecr.io/shop:1' }, {}, { tags: { 'slipway-image': by } }));

  it.each<[string, JsonObject, string]>([
    ['the digest that runs', answered(shop), olderImage],
    ['the digest that the release has noted', tagged(olderImage), olderImage],
    [
      'the tag that runs, where somebody put another image there since',
      tagged(`shop.azurecr.io/other@${olderDigest}`),
      'shop.azurecr.io/shop:1',
    ],
    ['the tag that runs, where nothing is noted', tagged('nonsense!'), 'shop.azurecr.io/shop:1'],
  ])('is %s', async (_, live, previousImage) => {
    expect(await prepare({ live, image })).toMatchObject({ previousImage });
  });
});

describe('the container of the inputs', () => {
  it.each<[string, Scene, string]>([
    ['the one that is named', { inputs: { container: 'web' } }, 'web'],
    ['the first one', {}, 'proxy'],
  ])('is %s', async (_, scene, container) => {
    const prepared = await prepare({ live: answered(two), image, env: { A: '1' }, ...scene });
    expect(prepared.container).toBe(container);
    expect(containerOf(prepared.document, container)).toMatchObject({
      image,
      environmentVariables: [{}, {}, { name: 'A', value: '1' }],
    });
  });

  it('has to be there', async () => {
    const scene: Scene = { live: answered(two), image, inputs: { container: 'api' } };
    const message = await refusal(scene, 'aci/container-not-found');
    expect(message).toContain('names api');
    expect(message).toContain('proxy, web');
  });

  it('has its name from the input where the group is new', async () => {
    const prepared = await prepare({ live: undefined, image, inputs: { container: 'web' } });
    expect(prepared.container).toBe('web');
  });
});

describe('ports', () => {
  it('are those of the container and of the address', async () => {
    const { document, port } = await prepare({ image, ports: ['8080'] });
    expect(containerOf(document)['ports']).toEqual([{ port: 8080, protocol: 'TCP' }]);
    expect(Object(document['properties'])['ipAddress']).toEqual({
      type: 'Public',
      ports: [{ port: 8080, protocol: 'TCP' }],
      dnsNameLabel: 'shop-web',
    });
    expect(port).toBe(8080);
  });

  it('of other containers stay open behind them', async () => {
    const address = {
      type: 'Public',
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 3000, protocol: 'TCP' },
      ],
    };
    const containers = [sidecar, { name: 'web', properties: web }];
    const live = answered(shopWith({}, { containers, ipAddress: address }));
    const properties = await propertiesOf({
      live,
      image,
      ports: ['8080', '8443'],
      inputs: { container: 'web' },
    });
    expect(Object(properties['ipAddress'])['ports'].map(Object)).toMatchObject([
      { port: 8080 },
      { port: 8443 },
      { port: 80 },
    ]);
  });

  it('in another order are no change, and TCP is asked before UDP', async () => {
    const ports = [{ port: 53, protocol: 'UDP' }, { port: 443 }, { port: 80, protocol: 'tcp' }];
    const live = answered(shopWith({ ports }, { ipAddress: { type: 'Public', ports } }));
    const prepared = await prepare({ live, image: olderImage, ports: ['53/udp', '80', '443'] });
    expect(prepared).toMatchObject({ change: { kind: 'none' }, diff: [], port: 80 });
  });

  it('of a group in a subnet are at a private address', async () => {
    const spec = shopWith({}, { subnetIds: [{ id: '/subnets/one' }], ipAddress: undefined });
    const properties = await propertiesOf({ live: undefined, spec, ports: ['3000'] });
    expect(properties['ipAddress']).toEqual({
      type: 'Private',
      ports: [{ port: 3000, protocol: 'TCP' }],
    });
  });

  it('of containers are opened for a label that has no address yet', async () => {
    const spec = shopWith({}, { ipAddress: undefined });
    const inputs = { 'dns-label': 'shop-web' };
    const properties = await propertiesOf({ live: undefined, spec, inputs });
    expect(properties['ipAddress']).toEqual({
      type: 'Public',
      ports: [{ port: 3000, protocol: 'TCP' }],
      dnsNameLabel: 'shop-web',
    });
  });

  it('are needed by a label', async () => {
    const scene: Scene = { live: undefined, image, inputs: { 'dns-label': 'shop-web' } };
    expect(await refusal(scene)).toContain(
      'Input dns-label needs ports that the address opens. Valid: ports: 3000',
    );
  });
});

describe('sizes', () => {
  it.each<[string, JsonObject, Partial<Scene['inputs']>, JsonObject]>([
    [
      'change alone',
      { requests: { cpu: 1, memoryInGB: 1.5 } },
      { cpu: 0.5 },
      { requests: { cpu: 0.5, memoryInGB: 1.5 } },
    ],
    [
      'take limits along that were the same',
      { requests: { cpu: 1, memoryInGB: 1.5 }, limits: { cpu: 1, memoryInGB: 4 } },
      { cpu: 2, memory: 2 },
      { requests: { cpu: 2, memoryInGB: 2 }, limits: { cpu: 2, memoryInGB: 4 } },
    ],
    [
      'lift limits that would be below them',
      { requests: { cpu: 1, memoryInGB: 1.5 }, limits: { memoryInGB: 2 } },
      { memory: 3 },
      { requests: { cpu: 1, memoryInGB: 3 }, limits: { memoryInGB: 3 } },
    ],
    [
      'are the limits where only these are said',
      { limits: { cpu: 2, memoryInGB: 4 } },
      {},
      { requests: { cpu: 2, memoryInGB: 4 }, limits: { cpu: 2, memoryInGB: 4 } },
    ],
  ])('%s', async (_, resources, inputs, expected) => {
    const spec = shopWith({ resources });
    const { document } = await prepare({ live: undefined, spec, inputs: { ...inputs } });
    expect(containerOf(document)['resources']).toEqual(expected);
  });
});

describe('variables', () => {
  it('are merged by name, each where it is', async () => {
    const { document } = await prepare({
      image,
      env: { LOG_LEVEL: 'debug', KEY2: 'FOO=BAR=', NONE: '', LINES: 'one\ntwo' },
    });
    expect(containerOf(document)['environmentVariables']).toEqual([
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'EMPTY', value: '' },
      { name: 'KEY2', value: 'FOO=BAR=' },
      { name: 'NONE', value: '' },
      { name: 'LINES', value: 'one\ntwo' },
    ]);
  });

  it('that are secrets are an update each time, as Azure does not tell what it has', async () => {
    const live = answered(
      shopWith({ environmentVariables: [{ name: 'DB', secureValue: 'hunter2' }] }),
    );
    const prepared = await prepare({ live, image: olderImage, secrets: { DB: 'hunter2' } });
    expect(prepared.change).toEqual({ kind: 'update' });
    expect(prepared.diff).toEqual([
      { what: 'web: secret DB', before: '(Azure does not show it)', after: '***' },
    ]);
    expect(containerOf(prepared.document)['environmentVariables']).toEqual([
      { name: 'DB', secureValue: 'hunter2' },
    ]);
  });

  it('that become another kind lose the kind that they had', async () => {
    const { document, diff } = await prepare({ image: olderImage, secrets: { LOG_LEVEL: 'x1y2' } });
    expect(containerOf(document)['environmentVariables']).toEqual([
      { name: 'LOG_LEVEL', secureValue: 'x1y2' },
      { name: 'EMPTY', value: '' },
    ]);
    expect(diff).toEqual([
      { what: 'web: secret LOG_LEVEL', before: '', after: '***' },
      { what: 'web: environment LOG_LEVEL', before: '***', after: '' },
    ]);
  });
});

describe('identities', () => {
  it.each<[string, string[], JsonObject]>([
    ['the system', ['system'], { type: 'SystemAssigned' }],
    [
      'users',
      [shopIdentity, shopIdentity.toUpperCase()],
      { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } },
    ],
    [
      'both',
      [shopIdentity, 'system'],
      { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } },
    ],
  ])('are %s', async (_, identity, expected) => {
    const { document } = await prepare({ image: 'ghcr.io/acme/shop:1', inputs: { identity } });
    expect(document['identity']).toEqual(expected);
  });

  it('of what runs stay, and one that pulls comes to them', async () => {
    const other = identityId('pull');
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
    const live = answered({ ...shop, identity });
    const { document } = await prepare({ live, image, inputs: { 'registry-identity': other } });
    expect(document['identity']).toEqual({
      type: 'UserAssigned',
      userAssignedIdentities: { [shopIdentity]: {}, [other]: {} },
    });
    expect(Object(document['properties'])['imageRegistryCredentials']).toEqual([
      { server: 'shop.azurecr.io', identity: other },
    ]);
  });
});

describe('the registry', () => {
  const inputs = { 'registry-username': 'octocat', 'registry-password': 'hunter2' };
  it.each<[string, Scene, JsonObject[] | undefined]>([
    [
      'of Azure is pulled from by the only identity',
      { inputs: { identity: [shopIdentity] } },
      [{ server: 'shop.azurecr.io', identity: shopIdentity }],
    ],
    ['of Azure needs one identity for that', { inputs: { identity: ['system'] } }, undefined],
    [
      'is that of the image',
      { inputs },
      [{ server: 'shop.azurecr.io', username: 'octocat', password: 'hunter2' }],
    ],
    [
      'is the one that is named',
      { inputs: { ...inputs, 'registry-server': 'Mirror.azurecr.io' } },
      [{ server: 'mirror.azurecr.io', username: 'octocat', password: 'hunter2' }],
    ],
    [
      'of Docker Hub has the name that Azure gives it',
      { image: 'acme/shop:1', inputs },
      [{ server: 'index.docker.io', username: 'octocat', password: 'hunter2' }],
    ],
    ['that is public needs nothing', { image: 'ghcr.io/acme/shop:1' }, undefined],
  ])('%s', async (_, scene, expected) => {
    const properties = await propertiesOf({ image, ...scene });
    expect(properties['imageRegistryCredentials']).toEqual(expected);
  });

  it('keeps its credentials when another one comes, and loses those without use or password', async () => {
    const imageRegistryCredentials = [
      { server: 'old.azurecr.io', username: 'old', password: 'x' },
      { server: 'ghcr.io', identity: shopIdentity },
    ];
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
    const live = answered(shopWith({}, { imageRegistryCredentials }, { identity }));
    const kept = [{ server: 'ghcr.io', identity: shopIdentity }];
    const alone = await propertiesOf({ live, image });
    expect(alone['imageRegistryCredentials']).toEqual(kept);
    const inputs = { identity: [shopIdentity] };
    const named = await propertiesOf({ live, image, inputs });
    expect(named['imageRegistryCredentials']).toEqual([
      ...kept,
      { server: 'shop.azurecr.io', identity: shopIdentity },
    ]);
  });

  it('that works without credentials stays so where no input names an identity', async () => {
    const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
    const properties = await propertiesOf({ live: answered({ ...shop, identity }), image });
    expect(properties['imageRegistryCredentials']).toBeUndefined();
  });
});

describe('the platform', () => {
  it('is the only one that Azure has', async () => {
    const message = await refusal({ image, platforms: ['linux/arm64'] }, 'image/platform');
    expect(message).toContain('has no linux/amd64; it has linux/arm64');
  });

  it('is Windows for a group of Windows', async () => {
    const spec = shopWith({}, { osType: 'Windows' });
    const scene: Scene = { live: undefined, spec, image };
    expect(await refusal(scene, 'image/platform')).toContain('has no windows/amd64');
    const prepared = await prepare({ ...scene, platforms: ['windows/amd64'] });
    expect(prepared.image).toBe(`shop.azurecr.io/shop@${digest}`);
  });

  it('is not asked of a registry that does not tell', async () => {
    expect(await prepare({ image, platforms: [] })).toMatchObject({ image });
  });
});
