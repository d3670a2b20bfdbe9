import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { redact } from '@slipway/shared/secrets/redact';
import { readSpec } from '../../src/group/spec/read-spec.ts';
import { answered, shop, shopWith } from './world.ts';

const read = (text: string, location?: string) =>
  readSpec({ spec: { at: 'text', text }, name: 'shop', location });
const readJson = (document: JsonObject, location?: string) =>
  read(JSON.stringify(document), location);
const type = 'Microsoft.ContainerInstance/containerGroups';
const template = (...resources: JsonObject[]): JsonObject => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  resources,
});

describe('a document of a container group', () => {
  it('is there only where the input is', async () => {
    expect(await readSpec({ spec: undefined, name: 'shop', location: undefined })).toBeUndefined();
  });

  it.each<[string, JsonObject]>([
    ['as it is', shop],
    ['as az container export writes it', { apiVersion: '2023-05-01', name: 'shop', type, ...shop }],
    ['in a template', template({ type, apiVersion: '2023-05-01', name: 'shop', ...shop })],
    [
      'in a template with names for resources',
      { ...template(), resources: { shop: { type, name: "[parameters('name')]", ...shop } } },
    ],
    [
      'in a template beside other things',
      template({ type: 'Microsoft.Network/virtualNetworks', name: '[x]' }, { type, ...shop }),
    ],
  ])('%s', async (_, document) => {
    expect(await readJson(document)).toEqual(shop);
  });

  it('loses what only an answer has, and tags of a release', async () => {
    const tags = { team: 'shop', 'slipway-image': 'x' };
    expect(await readJson(answered({ ...shop, tags }))).toEqual(shopWith({}, { sku: 'Standard' }));
  });

  it('leaves the region of a template that asks for it to the resource group', async () => {
    const location = '[resourceGroup().location]';
    const { location: _, ...rest } = shop;
    expect(await readJson(template({ type, ...shop, location }))).toEqual(rest);
  });

  it('may spell its region as the portal does', async () => {
    expect(await readJson({ ...shop, location: 'East US' }, 'eastus')).toMatchObject({
      location: 'East US',
    });
  });

  it('has its secrets taken out of every text from then on', async () => {
    const secrets = ['Variable-1x', 'Password-2x', 'Account-3x', 'Workspace-4x', 'File-5xyz'];
    const [variable, password, account, workspace, file = ''] = secrets;
    await readJson(
      shopWith(
        { environmentVariables: [{ name: 'A', secureValue: variable }] },
        {
          imageRegistryCredentials: [{ server: 'ghcr.io', username: 'a', password }],
          volumes: [
            { name: 'share', azureFile: { storageAccountKey: account } },
            { name: 'certs', secret: { key: Buffer.from(file).toString('base64') } },
          ],
          diagnostics: { logAnalytics: { workspaceKey: workspace } },
        },
      ),
    );
    expect(redact(secrets.join(' '))).toBe('*** *** *** *** ***');
  });

  it('keeps every number and field as it was written', async () => {
    const text = `
properties:
  ofTomorrow: [1.0, {deep: 12345678901234567890}]
  containers:
  - name: web
    properties: {image: a, resources: {requests: {cpu: 1.0, memoryInGB: 1.50}}}
`;
    expect(JSON.stringify(await read(text))).toBe(
      '{"properties":{"ofTomorrow":[1.0,{"deep":12345678901234567890}],"containers":[{"name":"web","properties":{"image":"a","resources":{"requests":{"cpu":1.0,"memoryInGB":1.50}}}}]}}',
    );
  });
});

describe('a document is refused', () => {
  it.each<[string, JsonObject, string]>([
    [
      'of another group',
      { ...shop, name: 'other' },
      'is the container group other, and input name is shop. Valid: shop',
    ],
    [
      'of another region',
      { ...shop, location: 'West US' },
      'has location West US, and input location is eastus',
    ],
    [
      'of another kind',
      { ...shop, type: 'Microsoft.App/containerApps' },
      'is of type Microsoft.App/containerApps',
    ],
    [
      'of az container show',
      { name: 'shop', containers: [] },
      'has containers outside of properties, as az container show prints it. Valid: what az container export writes',
    ],
    [
      'of Kubernetes',
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: {} },
      'has no properties, so it is no container group',
    ],
    [
      'without a group',
      template({ type: 'Microsoft.App/jobs' }),
      'is a template with no container group in it',
    ],
    [
      'with two groups',
      template({ type, ...shop }, { type, ...shop }),
      'is a template with 2 container groups in it',
    ],
    [
      'with an expression',
      template({ type, properties: { containers: [{ name: "[parameters('web')]" }] } }),
      'is a template with an expression in properties.containers[0].name',
    ],
  ])('%s', async (_, document, problem) => {
    await expect(readJson(document, 'eastus')).rejects.toMatchObject({
      code: 'action/input',
      message: expect.stringContaining(`Input spec ${problem}`),
    });
  });

  it('that is none', async () => {
    for (const text of ['[]', '{"a": ', 'a: 1\na: 2\n', '{}']) {
      await expect(read(text)).rejects.toMatchObject({ code: 'action/input' });
    }
  });
});
