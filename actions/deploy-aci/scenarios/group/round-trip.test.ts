import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { findViolation } from '../../../../packages/local-cloud/src/azure/arm/model/check.ts';
import { Shop, second } from '../../../../packages/local-cloud/test/azure/aci/shop.ts';
import { restorable } from '../../src/group/restorable.ts';
import {
  identityId,
  prepare,
  type Scene,
  settingsOf,
  shop,
  shopIdentity,
  shopWith,
  vault,
} from '../../test/group/world.ts';

const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
const reference = { name: 'db', identity: shopIdentity, secretReferenceUri: vault };

/** What Azure answers about the group, in an answer that leaves nothing out. */
async function liveOf(azure: Shop): Promise<JsonObject> {
  for (let looks = 0; looks < 8; looks += 1) {
    const { body } = await azure.about('GET');
    const live: JsonObject = Object(body);
    const properties = Object(live['properties']);
    if (properties.instanceView && properties.provisioningState === 'Succeeded') return live;
  }
  throw new Error('The group does not come up.');
}

async function put(azure: Shop, document: JsonObject): Promise<JsonObject> {
  expect(
    findViolation('ContainerGroup', JSON.parse(JSON.stringify(document)), { newer: true }),
  ).toBe(undefined);
  const said = await azure.put(document);
  expect([said.status, said.message]).toEqual([expect.any(Number), '']);
  azure.clock.pass(60 * second);
  return liveOf(azure);
}

const scenes: ReadonlyArray<readonly [string, Scene]> = [
  ['of inputs alone', { image: 'nginx:1', ports: ['3000'], env: { A: '1' } }],
  [
    'of inputs, with all of them',
    {
      image: 'shop.azurecr.io/shop:1',
      ports: ['3000', '53/udp'],
      env: { A: '1', EMPTY: '' },
      secrets: { DATABASE_URL: vault },
      inputs: {
        command: ['node', 'a b'],
        cpu: 0.5,
        memory: 1,
        'dns-label': 'shop-web',
        'restart-policy': 'OnFailure',
        identity: [shopIdentity, 'system'],
        'key-vault-identity': identityId('reader'),
      },
    },
  ],
  ['of a document', { spec: shop }],
  [
    'of a document in other words',
    {
      spec: shopWith(
        {
          ports: [{ port: 3000 }],
          resources: { limits: { cpu: 1, memoryInGB: 1.5 } },
        },
        { osType: 'linux', restartPolicy: 'always', sku: 'standard' },
        { location: 'East US', zones: ['1'] },
      ),
    },
  ],
  [
    'with much of what there is',
    {
      spec: shopWith(
        {
          command: ['node'],
          livenessProbe: { httpGet: { path: '/', port: 3000, scheme: 'http' }, periodSeconds: 5 },
          readinessProbe: { exec: { command: ['true'] } },
          volumeMounts: [{ name: 'cache', mountPath: '/cache' }],
          configMap: { keyValuePairs: { a: 'b' } },
        },
        {
          secretReferences: [reference],
          volumes: [
            { name: 'cache', emptyDir: {} },
            { name: 'vault', secretReference: { file: 'db' } },
            {
              name: 'code1',
              gitRepo: { repository: 'https://github.com/org/app', directory: '.' },
            },
          ],
          priority: 'Regular',
          dnsConfig: { nameServers: ['10.0.0.1'] },
        },
        { identity },
      ),
    },
  ],
  [
    'in a subnet',
    {
      spec: shopWith(
        {},
        {
          subnetIds: [{ id: '/subscriptions/1/resourceGroups/shop/subnets/one' }],
          ipAddress: { type: 'Private', ports: [{ port: 3000 }] },
        },
      ),
    },
  ],
];

describe('a container group', () => {
  it.each(scenes)('%s is taken, is no change afterwards, and takes an update', async (_, scene) => {
    await using azure = await Shop.open();
    const first = await prepare({
      ...scene,
      live: undefined,
      inputs: { location: 'eastus', ...scene.inputs },
    });
    const live = await put(azure, first.document);
    expect(await prepare({ ...scene, live })).toMatchObject({ change: { kind: 'none' }, diff: [] });

    const next = await prepare({ ...scene, live, env: { ...scene.env, NEW: '2' } });
    expect(next.change).toEqual({ kind: 'update' });
    const after = await put(azure, next.document);

    // And back again.
    const { document, lost } = restorable(live, { settings: settingsOf(scene), spec: scene.spec });
    expect(lost).toEqual([]);
    const restored = await put(azure, document);
    expect(await prepare({ ...scene, live: restored })).toMatchObject({ change: { kind: 'none' } });
    expect(after).not.toEqual(restored);
  });

  it('with secrets takes an update and the way back, with the secrets of this run', async () => {
    await using azure = await Shop.open();
    const spec = shopWith(
      { environmentVariables: [{ name: 'API', secureValue: 'hunter2' }] },
      {
        imageRegistryCredentials: [
          { server: 'shop.azurecr.io', username: 'shop', password: 'hunter2' },
        ],
        volumes: [
          {
            name: 'share',
            azureFile: {
              shareName: 'a',
              storageAccountName: 'b',
              storageAccountKey: 'aHVudGVyMg==',
            },
          },
          { name: 'certs', secret: { 'tls.key': 'aHVudGVyMg==' } },
        ],
        diagnostics: { logAnalytics: { workspaceId: 'w1', workspaceKey: 'hunter2' } },
      },
    );
    const scene: Scene = { spec, secrets: { DB: 'hunter2' } };
    const first = await prepare({ ...scene, live: undefined });
    const live = await put(azure, first.document);
    const next = await prepare({ ...scene, live });
    expect(next.change).toEqual({ kind: 'update' });
    await put(azure, next.document);
    const { document, lost } = restorable(live, { settings: settingsOf(scene), spec });
    expect(lost).toEqual([]);
    await put(azure, document);
  });

  it('that needs a new group is refused by Azure as an update', async () => {
    await using azure = await Shop.open();
    const live = await put(azure, (await prepare({ live: undefined, spec: shop })).document);
    const wanted: JsonObject[] = [
      shopWith({}, { osType: 'Windows' }),
      shopWith({}, { restartPolicy: 'Never' }),
      shopWith({ resources: { requests: { cpu: 2, memoryInGB: 1.5 } } }),
      { ...shop, zones: ['1'] },
      shopWith({}, { priority: 'Spot' }),
      shopWith(
        {},
        {
          containers: [
            {
              name: 'app',
              properties: Object(shopWith({}))['properties'].containers[0].properties,
            },
          ],
        },
      ),
    ];
    for (const spec of wanted) {
      const { change, document } = await prepare({ live, spec, platforms: [] });
      expect(change.kind).toBe('recreate');
      expect(await azure.put(document)).toMatchObject({ code: 'InvalidContainerGroupUpdate' });
    }
  });
});
