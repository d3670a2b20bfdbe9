import { expect } from '@jest/globals';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { formatReference, parseReference } from '@slipway/shared/image/reference';
import { eachIn, within, without } from '../../src/group/document/edit.ts';
import { containerIn, withContainer } from '../../src/group/document/parts.ts';
import { groupPort } from '../../src/group/group-port.ts';
import type { GroupSettings } from '../../src/group/group-settings.ts';
import { prepareGroup } from '../../src/group/prepare.ts';

export const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
export const olderDigest = `sha256:${'fedcba9876543210'.repeat(4)}`;
export const image = `shop.azurecr.io/shop@${digest}`;
export const olderImage = `shop.azurecr.io/shop@${olderDigest}`;
const subscription = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop';
/** The id of an identity by its name. */
export const identityId = (name: string) =>
  `${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
export const shopIdentity = identityId('shop');
export const vault = 'https://shop.vault.azure.net/secrets/database-url';

/** Properties of a container that Azure takes. */
export const web: JsonObject = {
  image: olderImage,
  ports: [{ port: 3000, protocol: 'TCP' }],
  environmentVariables: [
    { name: 'LOG_LEVEL', value: 'info' },
    { name: 'EMPTY', value: '' },
  ],
  resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
};

/** A container group that Azure takes. */
export const shop: JsonObject = {
  location: 'eastus',
  tags: { team: 'shop' },
  properties: {
    osType: 'Linux',
    restartPolicy: 'Always',
    containers: [{ name: 'web', properties: web }],
    ipAddress: {
      type: 'Public',
      ports: [{ port: 3000, protocol: 'TCP' }],
      dnsNameLabel: 'shop-web',
    },
  },
};

/** The group with other properties of the container `web`, of the group, and beside these. */
export function shopWith(
  container: JsonObject,
  properties: JsonObject = {},
  group: JsonObject = {},
): JsonObject {
  const own = withContainer(shop, 'web', (of) => ({ ...of, ...container }));
  return { ...within(own, 'properties', (of) => ({ ...of, ...properties })), ...group };
}

/** What Azure answers about a group: with what it fills in, and without secrets. */
export function answered(group: JsonObject, state = 'Running'): JsonObject {
  const noSecret = (of: JsonObject, list: string) =>
    eachIn(of, list, (container) =>
      within(container, 'properties', (one) => ({
        ...eachIn(one, 'environmentVariables', (variable) => without(variable, ['secureValue'])),
        instanceView: { restartCount: 0, currentState: { state: 'Running' } },
      })),
    );
  const steps: ReadonlyArray<(of: JsonObject) => JsonObject> = [
    (of) => noSecret(of, 'containers'),
    (of) => noSecret(of, 'initContainers'),
    (of) => eachIn(of, 'imageRegistryCredentials', (one) => without(one, ['password'])),
    (of) =>
      eachIn(of, 'volumes', (one) =>
        within(
          within(one, 'azureFile', (file) => without(file, ['storageAccountKey'])),
          'secret',
          () => ({}),
        ),
      ),
    (of) =>
      within(of, 'diagnostics', (one) =>
        within(one, 'logAnalytics', (log) => without(log, ['workspaceKey'])),
      ),
    (of) => within(of, 'ipAddress', (one) => ({ ...one, ip: '20.1.2.3', fqdn: 'shop-web.eastus' })),
  ];
  return {
    id: `${subscription}/providers/Microsoft.ContainerInstance/containerGroups/shop`,
    name: 'shop',
    type: 'Microsoft.ContainerInstance/containerGroups',
    ...within(group, 'identity', (identity) => ({
      ...within(identity, 'userAssignedIdentities', (ids) =>
        Object.fromEntries(Object.keys(ids).map((id) => [id, { clientId: 'c', principalId: 'p' }])),
      ),
      tenantId: 't',
      principalId: 'p',
    })),
    properties: {
      provisioningState: 'Succeeded',
      provisioningTimeoutInSeconds: 1800,
      isCustomProvisioningTimeout: false,
      sku: 'Standard',
      instanceView: { state, events: [] },
      ...steps.reduce((of, step) => step(of), propertiesIn(group)),
    },
  };
}

function propertiesIn({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

/** What a test gives and what Azure has. */
export interface Scene {
  /** The answer of Azure; undefined where nothing runs. Default is the shop. */
  live?: JsonObject | undefined;
  spec?: JsonObject;
  image?: string;
  env?: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
  ports?: readonly string[];
  platforms?: string[];
  /** Other inputs. */
  inputs?: Partial<GroupSettings>;
}

/** The inputs of a scene, as they are read. */
export function settingsOf(scene: Scene): GroupSettings {
  return {
    name: 'shop',
    location: undefined,
    container: undefined,
    image: scene.image === undefined ? undefined : parseReference(scene.image),
    env: scene.env && new Map(Object.entries(scene.env)),
    secrets: scene.secrets && new Map(Object.entries(scene.secrets)),
    ports: scene.ports?.map((port) => groupPort.parse(port)),
    command: undefined,
    cpu: undefined,
    memory: undefined,
    'dns-label': undefined,
    'restart-policy': undefined,
    identity: undefined,
    'key-vault-identity': undefined,
    'registry-server': undefined,
    'registry-identity': undefined,
    'registry-username': undefined,
    'registry-password': undefined,
    ...scene.inputs,
  };
}

/** Prepares against an Azure that has a group. */
export async function prepare(scene: Scene) {
  const resolved: string[] = [];
  const prepared = await prepareGroup(
    {
      settings: settingsOf(scene),
      spec: scene.spec,
      live: 'live' in scene ? scene.live : answered(shop),
      location: 'westeurope',
      resolve: async (reference) => {
        resolved.push(formatReference(reference));
        const { registry, repository } = reference;
        const own = reference.digest ?? digest;
        const name = formatReference({ registry, repository, digest: own });
        return { name, digest: own, platforms: scene.platforms ?? ['linux/amd64'] };
      },
    },
    new AbortController().signal,
  );
  return { ...prepared, resolved };
}

/** The message of a refusal, whose code is checked. */
export async function refusal(scene: Scene, code = 'aci/group'): Promise<string> {
  try {
    await prepare(scene);
  } catch (error) {
    expect(error).toMatchObject({ code });
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was refused');
}

/** The properties of a container in what was prepared. */
export function containerOf(document: JsonObject, name = 'web'): JsonObject {
  return containerIn(document, name) ?? {};
}
