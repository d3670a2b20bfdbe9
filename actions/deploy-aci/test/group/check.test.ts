import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import {
  answered,
  identityId,
  image,
  prepare,
  refusal,
  type Scene,
  shop,
  shopIdentity,
  shopWith,
  vault,
  web,
} from './world.ts';

const ofWeb = 'properties.containers[web].properties';
const address = (more: JsonObject) => ({
  ipAddress: { type: 'Public', ports: [{ port: 3000, protocol: 'TCP' }], ...more },
});
const size = (cpu: number, memoryInGB: number) => ({
  resources: { requests: { cpu, memoryInGB } },
});
const container = (name: string, more: JsonObject = {}) => ({
  name,
  properties: { ...web, ports: [], ...more },
});
const ports = (...list: number[]) => list.map((port) => ({ port, protocol: 'TCP' }));
const variables = (...environmentVariables: JsonObject[]) => shopWith({ environmentVariables });
const volume = (more: JsonObject, name = 'uploads') =>
  shopWith({}, { volumes: [{ name, ...more }] });
const mount = (mountPath: string, name = 'uploads') =>
  shopWith(
    { volumeMounts: [{ name, mountPath }] },
    { volumes: [{ name: 'uploads', emptyDir: {} }] },
  );
const identity = { type: 'UserAssigned', userAssignedIdentities: { [shopIdentity]: {} } };
const first = (more: JsonObject) =>
  shopWith(
    {},
    { initContainers: [{ name: 'first', properties: { image: 'busybox:1', ...more } }] },
  );
const subnetIds = [{ id: '/subnets/one' }];

describe('a container group is refused for', () => {
  it.each<[string, JsonObject, string]>([
    [
      'no properties of a container',
      shopWith({}, { containers: [{ name: 'web' }] }),
      'properties.containers[web].properties is missing',
    ],
    ['no containers', shopWith({}, { containers: [] }), 'properties.containers is empty'],
    [
      'one container for a list',
      shopWith({}, { containers: web }),
      'properties.containers is an object instead of a list',
    ],
    [
      'no image',
      shopWith({ image: undefined }),
      `${ofWeb}.image is missing. Valid: shop.azurecr.io/shop:1.2.3`,
    ],
    ['an empty image', shopWith({ image: '' }), `${ofWeb}.image is empty`],
    [
      'an image that is none',
      shopWith({ image: 'shop app' }),
      `${ofWeb}.image is not the name of an image`,
    ],
    [
      'a number for a text',
      variables({ name: 'PORT', value: 3000 }),
      `${ofWeb}.environmentVariables[PORT].value is a number instead of a text`,
    ],
    [
      'a text for a number',
      shopWith({ ports: [{ port: '3000' }] }),
      `${ofWeb}.ports[0].port is a text instead of a number`,
    ],
    ['a number for a zone', { ...shop, zones: [1] }, 'zones[0] is a number instead of a text'],
    [
      'a name with upper case',
      shopWith({}, { containers: [container('Web')] }),
      'properties.containers[Web].name is not 1 to 63 lowercase letters, digits and hyphens. Valid: web',
    ],
    [
      'a name twice',
      shopWith({}, { containers: [container('web'), container('web')] }),
      'properties.containers[web].name is there twice',
    ],
    [
      'a name that an init container has too',
      shopWith(
        {},
        { initContainers: [container('web', { resources: undefined, ports: undefined })] },
      ),
      'properties.initContainers[web].name is there twice',
    ],
    [
      '61 containers',
      shopWith(
        {},
        { containers: Array.from({ length: 61 }, (_, at) => container(`c${at}`, size(0.1, 0.1))) },
      ),
      'has 61 containers, and a group has at most 60',
    ],
    [
      'several containers of Windows',
      shopWith({}, { osType: 'Windows', containers: [container('a'), container('b')] }),
      'has several containers, and osType is Windows',
    ],
    [
      'a variable with a hyphen',
      variables({ name: 'A-B', value: '' }),
      `${ofWeb}.environmentVariables[A-B] has a name that is not 1 to 63 letters, digits and underscores`,
    ],
    [
      'a variable with an underscore first',
      variables({ name: '_A', value: '' }),
      'with none of these first or last. Valid: LOG_LEVEL',
    ],
    [
      'a variable twice',
      variables({ name: 'A', value: '' }, { name: 'A', value: '1' }),
      'environmentVariables[A] is there twice',
    ],
    [
      'a variable with two values',
      variables({ name: 'A', value: '', secureValue: 'x' }),
      'environmentVariables[A] has value and secureValue. Valid: one of them',
    ],
    [
      'a volume with a short name',
      volume({ emptyDir: {} }, 'up'),
      'properties.volumes[up].name is not 5 to 63 lowercase letters, digits and single hyphens. Valid: uploads',
    ],
    [
      'a volume with two hyphens',
      volume({ emptyDir: {} }, 'up--loads'),
      'properties.volumes[up--loads].name is not 5 to 63',
    ],
    [
      'a label that is too short',
      shopWith({}, address({ dnsNameLabel: 'shop' })),
      'properties.ipAddress.dnsNameLabel is not 5 to 63',
    ],
    [
      'a word that Azure does not know',
      shopWith({}, { restartPolicy: 'unless-stopped' }),
      'properties.restartPolicy is unless-stopped, which is none of Always, OnFailure, Never. Valid: Always',
    ],
    [
      'another one',
      shopWith({}, { osType: 'macOS' }),
      'properties.osType is macOS, which is none of Linux, Windows',
    ],
    [
      'a protocol',
      shopWith({ ports: [{ port: 3000, protocol: 'SCTP' }] }),
      `${ofWeb}.ports.protocol is SCTP, which is none of TCP, UDP`,
    ],
    [
      'a kind of identity',
      { ...shop, identity: { type: 'Managed' } },
      'identity.type is Managed, which is none of',
    ],
    [
      'a kind of log',
      shopWith(
        {},
        {
          diagnostics: { logAnalytics: { workspaceId: 'w', workspaceKey: 'k', logType: 'Syslog' } },
        },
      ),
      'logAnalytics.logType is Syslog',
    ],
    [
      'a reserved port',
      shopWith({ ports: ports(3000, 22) }),
      `${ofWeb}.ports has port 22, which Azure keeps for itself`,
    ],
    [
      'a port that is none',
      shopWith({ ports: ports(3000, 70_000) }),
      'has the port 70000, which is not from 1 to 65535',
    ],
    [
      'six ports',
      shopWith({ ports: ports(1, 2, 3, 4, 5, 6) }, address({ ports: ports(1, 2, 3, 4, 5, 6) })),
      'properties.ipAddress.ports has 6 ports, and an address has at most 5',
    ],
    [
      'an address without ports',
      shopWith({}, address({ ports: [] })),
      'properties.ipAddress.ports is empty. Valid: 3000',
    ],
    [
      'a port that no container has',
      shopWith({}, address({ ports: ports(80) })),
      'properties.ipAddress.ports opens 80/TCP, which no container has; the address maps no ports. Valid: 3000/TCP',
    ],
    ['a port twice', shopWith({ ports: ports(3000, 3000) }), `${ofWeb}.ports has 3000/TCP twice`],
    [
      'a port of two containers',
      shopWith(
        {},
        {
          containers: [
            container('a', { ports: ports(80) }),
            container('web', { ports: ports(80, 3000) }),
          ],
        },
      ),
      'has 80/TCP, which a has too: they share one network',
    ],
    [
      'a public address in a subnet',
      shopWith({}, { ...address({}), subnetIds }),
      'properties.ipAddress.type is Public, which a group in a subnet cannot have. Valid: Private',
    ],
    [
      'a private address in none',
      shopWith({}, address({ type: 'Private' })),
      'properties.ipAddress.type is Private, which needs subnetIds',
    ],
    [
      'a label in a subnet',
      shopWith({}, { ...address({ type: 'Private', dnsNameLabel: 'shop-web' }), subnetIds }),
      'properties.ipAddress.dnsNameLabel needs a public address',
    ],
    [
      'no size',
      shopWith({ resources: undefined }),
      `${ofWeb}.resources.requests.cpu is missing. Valid: 0.5`,
    ],
    [
      'no memory',
      shopWith({ resources: { requests: { cpu: 1 } } }),
      `${ofWeb}.resources.requests.memoryInGB is missing. Valid: 1.5`,
    ],
    ['no core at all', shopWith(size(0, 1)), `${ofWeb}.resources.requests.cpu is 0`],
    [
      'a limit below the request',
      shopWith({ resources: { requests: { cpu: 2, memoryInGB: 1 }, limits: { cpu: 1 } } }),
      `${ofWeb}.resources.limits.cpu is 1, below the 2 of the request`,
    ],
    [
      'too many cores',
      shopWith(size(32, 1)),
      `${ofWeb}.resources.requests.cpu asks for cpu 32 in sum, and a group has at most 31`,
    ],
    [
      'too much memory of all',
      shopWith({}, { containers: [container('a', size(1, 200)), container('web', size(1, 41))] }),
      'properties.containers asks for memoryInGB 241 in sum, and a group has at most 240',
    ],
    [
      'too much for spot',
      shopWith(size(5, 1), { priority: 'Spot' }),
      'asks for cpu 5 in sum, and a group of priority Spot has at most 4',
    ],
    [
      'a processor for graphics',
      shopWith({
        resources: { requests: { cpu: 1, memoryInGB: 1, gpu: { count: 1, sku: 'V100' } } },
      }),
      'asks for a GPU, which Azure retired on 2025-07-14',
    ],
    [
      '21 volumes',
      shopWith(
        {},
        {
          volumes: Array.from({ length: 21 }, (_, at) => ({ name: `volume-${at}`, emptyDir: {} })),
        },
      ),
      'properties.volumes has 21 volumes, and a group has at most 20',
    ],
    [
      'a volume of no kind',
      volume({}),
      'properties.volumes[uploads] has none of azureFile, emptyDir, secret, secretReference, gitRepo. Valid: exactly one of them',
    ],
    [
      'a volume of two kinds',
      volume({ emptyDir: {}, gitRepo: { repository: 'r' } }),
      'properties.volumes[uploads] has emptyDir and gitRepo of',
    ],
    [
      'a volume twice',
      shopWith(
        {},
        {
          volumes: [
            { name: 'uploads', emptyDir: {} },
            { name: 'uploads', emptyDir: {} },
          ],
        },
      ),
      'properties.volumes[uploads] is there twice',
    ],
    [
      'a directory outside',
      volume({ gitRepo: { repository: 'r', directory: '../x' } }),
      'gitRepo.directory has .. in it',
    ],
    [
      'a secret that is not encoded',
      volume({ secret: { key: 'not base64!' } }),
      'properties.volumes[uploads].secret[key] is not in base64. Valid: aGVsbG8=',
    ],
    [
      'a mount with a colon',
      mount('/mnt:ro'),
      `${ofWeb}.volumeMounts[uploads].mountPath has a colon in it. Valid: /mnt/uploads`,
    ],
    [
      'a mount of nothing',
      mount('/mnt', 'other'),
      `${ofWeb}.volumeMounts[other].name is no volume of the group`,
    ],
    [
      'a probe of two kinds',
      shopWith({ livenessProbe: { exec: { command: ['a'] }, httpGet: { port: 80 } } }),
      `${ofWeb}.livenessProbe has exec and httpGet. Valid: one of them`,
    ],
    [
      'a probe of no kind',
      shopWith({ readinessProbe: { periodSeconds: 5 } }),
      `${ofWeb}.readinessProbe has neither exec nor httpGet`,
    ],
    [
      'a probe of Kubernetes',
      shopWith({ livenessProbe: { tcpSocket: { port: 80 } } }),
      `${ofWeb}.livenessProbe.tcpSocket is there, which Azure does not know. Valid: httpGet or exec`,
    ],
    [
      'a probe by gRPC',
      shopWith({ readinessProbe: { grpc: { port: 80 } } }),
      `${ofWeb}.readinessProbe.grpc is there, which Azure does not know`,
    ],
    [
      'a probe at the start',
      shopWith({ startupProbe: {} }),
      `${ofWeb}.startupProbe is there, which Azure does not know`,
    ],
    [
      'ports of an init container',
      first({ ports: ports(80) }),
      'properties.initContainers[first].properties.ports is there, which an init container cannot have',
    ],
    [
      'a probe of an init container',
      first({ livenessProbe: {} }),
      'initContainers[first].properties.livenessProbe is there',
    ],
    [
      'an init container without an image',
      first({ image: undefined }),
      'initContainers[first].properties.image is missing',
    ],
    [
      'a policy of confidential computing elsewhere',
      shopWith({}, { confidentialComputeProperties: { ccePolicy: 'p' } }),
      'properties.sku is not Confidential, which confidentialComputeProperties needs',
    ],
    [
      'a reference to nothing',
      variables({ name: 'A', secureValueReference: 'db' }),
      'properties.secretReferences has no db, which something in the group refers to',
    ],
    [
      'a reference of nobody',
      shopWith(
        {},
        { secretReferences: [{ name: 'db', identity: shopIdentity, secretReferenceUri: vault }] },
      ),
      'properties.secretReferences[db].identity is no identity of the group',
    ],
    [
      'a reference that is no address',
      shopWith(
        {},
        {
          secretReferences: [
            { name: 'db', identity: shopIdentity, secretReferenceUri: 'https://x' },
          ],
        },
        { identity },
      ),
      'secretReferences[db].secretReferenceUri is not the address of a secret in Key Vault',
    ],
    [
      'a reference without an identity',
      shopWith({}, { secretReferences: [{ name: 'db', secretReferenceUri: vault }] }),
      'properties.secretReferences[db].identity is missing',
    ],
    [
      'a registry that nobody of the group pulls from',
      shopWith(
        {},
        { imageRegistryCredentials: [{ server: 'ghcr.io', identity: identityId('x') }] },
      ),
      'properties.imageRegistryCredentials[ghcr.io].identity is no identity of the group',
    ],
    [
      'a registry with two ways',
      shopWith(
        {},
        {
          imageRegistryCredentials: [{ server: 'ghcr.io', identity: shopIdentity, password: 'x' }],
        },
        { identity },
      ),
      'imageRegistryCredentials[ghcr.io] has identity and password',
    ],
    [
      'a policy of one container',
      shopWith({ restartPolicy: 'Never' }),
      `${ofWeb}.restartPolicy is there, and one policy is for the whole group. Valid: properties.restartPolicy`,
    ],
    [
      'a registry twice',
      shopWith(
        {},
        {
          imageRegistryCredentials: [
            { server: 'docker.io', username: 'a', password: 'x' },
            { server: 'index.docker.io', username: 'b', password: 'y' },
          ],
        },
      ),
      'properties.imageRegistryCredentials[index.docker.io] is there twice',
    ],
    [
      'a registry without a user',
      shopWith({}, { imageRegistryCredentials: [{ server: 'ghcr.io', password: 'x' }] }),
      'imageRegistryCredentials[ghcr.io] has neither identity nor username',
    ],
  ])('%s', async (_, spec, problem) => {
    expect(await refusal({ live: undefined, spec })).toContain(problem);
  });

  it('all that is wrong at once, with the name of the group', async () => {
    const spec = shopWith(
      { ports: ports(22), livenessProbe: {}, image: undefined },
      { osType: 'Windows95', volumes: [{ name: 'up' }] },
    );
    const message = await refusal({ live: undefined, spec });
    expect(message).toContain('Azure cannot run the container group shop: \n- ');
    for (const part of [
      'port 22',
      'livenessProbe',
      'image is missing',
      'Windows95',
      'volumes[up]',
    ]) {
      expect(message).toContain(part);
    }
  });

  it('what inputs say, by the names of the inputs', async () => {
    const scenes: ReadonlyArray<[Scene, string]> = [
      [
        { inputs: { cpu: 5, container: 'web' }, spec: shopWith({}, { priority: 'Spot' }) },
        'Input cpu asks for cpu 5 in sum',
      ],
      [{ env: { _A: '1' }, spec: shop }, 'Input env has a name that is not'],
      [{ secrets: { A_: '1234' }, spec: shop }, 'Input secrets has a name that is not'],
      [
        {
          inputs: { 'dns-label': 'shop-web' },
          spec: shopWith({}, { subnetIds, ...address({ type: 'Private' }) }),
        },
        'Input dns-label needs a public address',
      ],
      [
        { inputs: { 'registry-server': 'ghcr.io' }, spec: shop },
        'Input registry-server needs registry-identity, or registry-username with registry-password',
      ],
    ];
    for (const [scene, problem] of scenes) {
      expect(await refusal({ live: undefined, ...scene })).toContain(problem);
    }
  });

  it('a list that is none, also where a container is named', async () => {
    const spec = shopWith({}, { containers: web });
    const message = await refusal({ live: undefined, spec, inputs: { container: 'web' } });
    expect(message).toContain('properties.containers is an object instead of a list');
  });

  it('a platform among other things', async () => {
    const spec = shopWith({ startupProbe: {} });
    const message = await refusal({ live: undefined, spec, platforms: ['linux/arm64'] });
    expect(message).toContain('startupProbe');
    expect(message).toContain('has no linux/amd64; it has linux/arm64.');
  });

  it('secrets that would be lost among other things, without their values', async () => {
    const live = answered(shopWith({ environmentVariables: [{ name: 'DB', secureValue: 'x' }] }));
    const message = await refusal({ live, image, inputs: { 'registry-server': 'ghcr.io' } });
    expect(message).toContain('Input registry-server needs');
    expect(message).toContain('Azure does not give back DB of the container web');
  });
});

describe('a container group is taken', () => {
  it.each<[string, JsonObject]>([
    ['as it is', shop],
    ['with words in any case', shopWith({}, { osType: 'linux', restartPolicy: 'ONFAILURE' })],
    ['with as much as there is', shopWith(size(31, 240))],
    ['with as much as spot has', shopWith(size(4, 16), { priority: 'Spot' })],
    [
      'with UDP and TCP at one port',
      shopWith({ ports: [{ port: 53, protocol: 'UDP' }, ...ports(53, 3000)] }),
    ],
    [
      'with fields of tomorrow',
      shopWith({ ofTomorrow: [1] }, { ofTomorrow: { a: null } }, { plan: 1 }),
    ],
    [
      'with a volume of each kind',
      shopWith(
        {},
        {
          secretReferences: [{ name: 'cert', identity: shopIdentity, secretReferenceUri: vault }],
          volumes: [
            {
              name: 'share',
              azureFile: { shareName: 'a', storageAccountName: 'b', storageAccountKey: 'c' },
            },
            { name: 'cache', emptyDir: {} },
            { name: 'certs', secret: { a: 'aGVsbG8=', empty: '' } },
            { name: 'vault', secretReference: { a: 'cert' } },
            { name: 'code1', gitRepo: { repository: 'https://git', directory: '.' } },
          ],
        },
        { identity },
      ),
    ],
    [
      'with both probes',
      shopWith({
        livenessProbe: { exec: { command: ['true'] } },
        readinessProbe: { httpGet: { port: 3000, path: '/', scheme: 'http' } },
      }),
    ],
    [
      'with a size by a profile',
      shopWith({ resources: undefined }, { containerGroupProfile: { id: '/p', revision: 1 } }),
    ],
    ['in a subnet', shopWith({}, { ...address({ type: 'Private' }), subnetIds })],
    [
      'for confidential computing',
      shopWith({}, { sku: 'Confidential', confidentialComputeProperties: { ccePolicy: 'p' } }),
    ],
  ])('%s', async (_, spec) => {
    expect(await prepare({ live: undefined, spec })).toMatchObject({ change: { kind: 'create' } });
  });

  it('as Azure runs it, whatever the documentation says', async () => {
    const odd = shopWith({
      environmentVariables: [{ name: 'spring.port', value: '1' }],
      ports: ports(3000, 9999),
    });
    expect(await prepare({ live: answered(odd), image })).toMatchObject({ image });
    const worse = { live: answered(odd), image, env: { _NEW: '1' } };
    const message = await refusal(worse);
    expect(message).toContain('Input env has a name');
    expect(message).not.toContain('spring.port');
  });
});
