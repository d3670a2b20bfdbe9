import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { restorable } from '../../src/group/restorable.ts';
import {
  answered,
  containerOf,
  identityId,
  image,
  olderImage,
  prepare,
  refusal,
  type Scene,
  settingsOf,
  shop,
  shopIdentity,
  shopWith,
  vault,
  web,
} from './world.ts';

const lost = (scene: Scene) => refusal(scene, 'aci/secrets-lost');
const db = { environmentVariables: [{ name: 'DB', secureValue: 'hunter2' }] };
const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
const credential = { server: 'shop.azurecr.io', username: 'shop', password: 'hunter2' };
const share = {
  name: 'uploads',
  azureFile: { shareName: 'up', storageAccountName: 'shop', storageAccountKey: 'hunter2' },
};
const files = { name: 'certs', secret: { 'tls.key': 'aHVudGVyMg==' } };
const logAnalytics = { workspaceId: 'w1', workspaceKey: 'hunter2' };
const first = { name: 'first', properties: { image: 'busybox:1', ...db } };
const proxy = { name: 'proxy', properties: { ...web, image: 'nginx:1', ports: [], ...db } };

describe('an update without a document stops where it would lose', () => {
  it.each<[string, JsonObject, string]>([
    ['a variable', shopWith(db), 'DB of the container web'],
    [
      'a variable of another container',
      shopWith({}, { containers: [{ name: 'web', properties: web }, proxy] }),
      'DB of the container proxy',
    ],
    [
      'a variable of an init container',
      shopWith({}, { initContainers: [first] }),
      'DB of the init container first',
    ],
    [
      'the password of a registry that is pulled from',
      shopWith({}, { imageRegistryCredentials: [credential] }),
      'the password for the registry shop.azurecr.io',
    ],
    [
      'the key of a share',
      shopWith({}, { volumes: [share] }),
      'the storage account key of the volume uploads',
    ],
    [
      'the files of a secret volume',
      shopWith({}, { volumes: [files] }),
      'the files of the secret volume certs',
    ],
    [
      'the key of Log Analytics',
      shopWith({}, { diagnostics: { logAnalytics } }),
      'the workspace key of Log Analytics',
    ],
    [
      'what an extension protects',
      shopWith({}, { extensions: [{ name: 'kube', properties: { extensionType: 'kube-proxy' } }] }),
      'the protected settings of the extension kube',
    ],
  ])('%s', async (_, group, name) => {
    const message = await lost({ live: answered(group), image });
    expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });

  it('all of them, named at once, with what to do', async () => {
    const group = shopWith(
      {
        environmentVariables: [
          { name: 'A', secureValue: 'x' },
          { name: 'B', secureValue: 'y' },
        ],
      },
      { volumes: [share] },
    );
    await expect(
      prepare({ live: answered(group), image, secrets: { A: 'x' } }),
    ).rejects.toMatchObject({
      code: 'aci/secrets-lost',
      message: expect.stringContaining(
        'B of the container web, the storage account key of the volume uploads.',
      ),
      remedy: expect.stringContaining('by `secrets`'),
    });
  });
});

describe('an update keeps', () => {
  it.each<[string, JsonObject, Partial<Scene>]>([
    ['a variable that this run supplies', shopWith(db), { secrets: { DB: 'hunter3' } }],
    ['a variable that becomes plain', shopWith(db), { env: { DB: '' } }],
    [
      'a variable that is in Key Vault',
      shopWith(
        { environmentVariables: [{ name: 'DB', secureValueReference: 'db' }] },
        { secretReferences: [{ name: 'db', identity: shopIdentity, secretReferenceUri: vault }] },
        { identity },
      ),
      {},
    ],
    [
      'a registry with an identity',
      shopWith(
        {},
        { imageRegistryCredentials: [{ server: 'shop.azurecr.io', identity: shopIdentity }] },
        { identity },
      ),
      {},
    ],
    [
      'a registry whose password this run supplies',
      shopWith({}, { imageRegistryCredentials: [credential] }),
      { inputs: { 'registry-username': 'shop', 'registry-password': 'hunter3' } },
    ],
    [
      'a registry that an identity takes over',
      shopWith({}, { imageRegistryCredentials: [credential] }),
      { inputs: { identity: [shopIdentity] } },
    ],
    [
      'a share that an identity mounts',
      shopWith(
        {},
        {
          volumes: [
            {
              name: 'uploads',
              azureFile: {
                shareName: 'up',
                storageAccountName: 'shop',
                userManagedIdentityClientId: 'c',
              },
            },
          ],
        },
      ),
      {},
    ],
  ])('%s', async (_, group, more) => {
    expect(await prepare({ live: answered(group), image, ...more })).toMatchObject({ image });
  });
});

describe('an address in Key Vault', () => {
  const secrets = { DATABASE_URL: vault };
  const references = async (scene: Scene) => {
    const { document } = await prepare(scene);
    return {
      identity: document['identity'],
      references: Object(document['properties'])['secretReferences'],
      variables: containerOf(document)['environmentVariables'],
    };
  };

  it('becomes a reference that the only identity reads', async () => {
    const live = answered({ ...shop, identity });
    expect(await references({ live, image, secrets })).toEqual({
      identity,
      references: [{ name: 'database-url', identity: shopIdentity, secretReferenceUri: vault }],
      variables: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'EMPTY', value: '' },
        { name: 'DATABASE_URL', secureValueReference: 'database-url' },
      ],
    });
  });

  it('is read by the identity that is named, which the group gets', async () => {
    const reader = identityId('reader');
    const live = answered({ ...shop, identity });
    const inputs = { 'key-vault-identity': reader };
    expect(await references({ live, image, secrets, inputs })).toMatchObject({
      identity: { userAssignedIdentities: { [shopIdentity]: {}, [reader]: {} } },
      references: [{ identity: reader }],
    });
  });

  it('needs an identity', async () => {
    const two = { [shopIdentity]: {}, [identityId('b')]: {} };
    const several = answered({ ...shop, identity: { ...identity, userAssignedIdentities: two } });
    for (const live of [answered(shop), several]) {
      expect(await refusal({ live, image, secrets })).toContain(
        'Input key-vault-identity is required',
      );
    }
  });

  it('that is there is used again, so nothing changes', async () => {
    const before = await prepare({ live: answered({ ...shop, identity }), image, secrets });
    const live = answered(before.document);
    expect(await prepare({ live, image, secrets })).toMatchObject({
      change: { kind: 'none' },
      diff: [],
      document: { properties: { secretReferences: [{ name: 'database-url' }] } },
    });
  });

  it('that changes takes the old reference away, and no reference of others', async () => {
    const secretReferences = [
      { name: 'database-url', identity: shopIdentity, secretReferenceUri: `${vault}-old` },
      { name: 'spare', identity: shopIdentity, secretReferenceUri: `${vault}-spare` },
    ];
    const group = shopWith(
      { environmentVariables: [{ name: 'DATABASE_URL', secureValueReference: 'database-url' }] },
      { secretReferences },
      { identity },
    );
    expect(await references({ live: answered(group), image, secrets })).toMatchObject({
      references: [{ name: 'spare' }, { name: 'database-url-2', secretReferenceUri: vault }],
      variables: [{ name: 'DATABASE_URL', secureValueReference: 'database-url-2' }],
    });
  });
});

describe('a document of an input', () => {
  it('must not leave out a variable that inputs may have given', async () => {
    const live = answered(shopWith(db));
    expect(await lost({ live, spec: shop })).toContain('DB of the container web');
    const listed = shopWith({ environmentVariables: [{ name: 'DB' }] });
    expect(await lost({ live, spec: listed })).toContain('DB of the container web');
    expect(await prepare({ live, spec: shop, secrets: { DB: 'x' } })).toMatchObject({
      change: { kind: 'update' },
    });
  });

  it('must not leave out one when it calls the container another name', async () => {
    const live = answered(shopWith(db));
    const spec = shopWith({}, { containers: [{ name: 'app', properties: web }] });
    expect(await lost({ live, spec })).toContain('DB of the container web');
  });

  it('must not leave out the password of a registry that is still pulled from', async () => {
    const live = answered(shopWith({}, { imageRegistryCredentials: [credential] }));
    expect(await lost({ live, spec: shop })).toContain('the password for the registry');
    const spec = shopWith({ image: 'ghcr.io/acme/shop:1' });
    expect(await prepare({ live, spec })).toMatchObject({ change: { kind: 'update' } });
  });

  it('takes away what only a document can say, and the difference shows it', async () => {
    const containers = [{ name: 'web', properties: web }, proxy];
    const live = answered(shopWith({}, { containers, volumes: [share, files] }));
    const { diff } = await prepare({ live, spec: shop });
    const gone = diff.filter(({ after }) => after === '').map(({ what }) => what);
    expect(gone).toEqual(
      expect.arrayContaining(['volume uploads', 'volume certs', 'proxy: secret DB']),
    );
  });

  it('of az container export has no secrets, and does not pass for complete', async () => {
    const group = shopWith(db, { volumes: [share], imageRegistryCredentials: [credential] });
    const message = await lost({ live: answered(group), spec: answered(group) });
    for (const name of ['DB of', 'uploads', 'shop.azurecr.io']) expect(message).toContain(name);
  });

  it('has to be complete where nothing runs', async () => {
    const spec = shopWith(
      { environmentVariables: [{ name: 'DB' }] },
      {
        imageRegistryCredentials: [{ server: 'shop.azurecr.io', username: 'shop' }],
        volumes: [
          { name: 'uploads', azureFile: { shareName: 'up', storageAccountName: 'shop' } },
          { name: 'certs', secret: {} },
        ],
        diagnostics: { logAnalytics: { workspaceId: 'w1' } },
      },
    );
    const message = await refusal({ live: undefined, spec });
    for (const problem of [
      'environmentVariables[DB] has no value',
      'imageRegistryCredentials[shop.azurecr.io] has no password',
      'volumes[uploads].azureFile has no storageAccountKey',
      'volumes[certs].secret has no files',
      'logAnalytics has no workspaceKey',
    ]) {
      expect(message).toContain(problem);
    }
  });
});

describe('the way back', () => {
  const back = (group: JsonObject, scene: Scene = {}) =>
    restorable(answered(group), { settings: settingsOf(scene), spec: scene.spec });

  it('is what runs, without what only an answer has', () => {
    expect(back(shop, { image })).toEqual({
      document: shopWith({}, { sku: 'Standard' }),
      lost: [],
    });
  });

  it('has the image by the digest that the release has noted, and its tags', () => {
    const tags = { 'slipway-image': olderImage, team: 'shop' };
    const { document } = back(shopWith({ image: 'shop.azurecr.io/shop:1' }, {}, { tags }));
    expect(containerOf(document)['image']).toBe(olderImage);
    expect(document['tags']).toEqual(tags);
  });

  it('has the secrets of this run under the same names, and no more of its changes', () => {
    const group = shopWith(db, { imageRegistryCredentials: [credential] });
    const { document, lost: gone } = back(group, {
      image,
      env: { LOG_LEVEL: 'debug' },
      secrets: { DB: 'hunter3', NEW: 'x1y2' },
      ports: ['8080'],
      inputs: { 'registry-username': 'other', 'registry-password': 'hunter4', cpu: 2 },
    });
    expect(gone).toEqual([]);
    expect(document).toEqual(
      shopWith(
        { environmentVariables: [{ name: 'DB', secureValue: 'hunter3' }] },
        {
          sku: 'Standard',
          imageRegistryCredentials: [
            { server: 'shop.azurecr.io', username: 'other', password: 'hunter4' },
          ],
        },
      ),
    );
  });

  it('has the secrets of the document of this run', () => {
    const group = shopWith(db, {
      initContainers: [first],
      volumes: [share, files],
      diagnostics: { logAnalytics },
    });
    const { document, lost: gone } = back(group, { spec: group });
    expect(gone).toEqual([]);
    expect(document).toEqual({
      ...group,
      properties: { ...Object(group['properties']), sku: 'Standard' },
    });
  });

  it('has a variable that became plain or a reference', () => {
    expect(back(shopWith(db), { env: { DB: 'sqlite' } })).toMatchObject({ lost: [] });
    const { document, lost: gone } = back(shopWith(db, {}, { identity }), {
      secrets: { DB: vault },
    });
    expect(gone).toEqual([]);
    expect(containerOf(document)['environmentVariables']).toEqual([
      { name: 'DB', secureValueReference: 'db' },
    ]);
    expect(document).toMatchObject({
      properties: { secretReferences: [{ name: 'db', secretReferenceUri: vault }] },
    });
  });

  it('pulls by the identity that took over', () => {
    const group = shopWith({}, { imageRegistryCredentials: [credential] });
    const { document, lost: gone } = back(group, { image, inputs: { identity: [shopIdentity] } });
    expect(gone).toEqual([]);
    expect(document).toMatchObject({
      identity,
      properties: {
        imageRegistryCredentials: [{ server: 'shop.azurecr.io', identity: shopIdentity }],
      },
    });
  });

  it('names what nobody can give back', () => {
    const group = shopWith(db, { volumes: [share, files], imageRegistryCredentials: [credential] });
    expect(back(group, { image, secrets: { OTHER: 'x' } }).lost).toEqual([
      'DB of the container web',
      'the password for the registry shop.azurecr.io',
      'the storage account key of the volume uploads',
      'the files of the secret volume certs',
    ]);
  });
});
