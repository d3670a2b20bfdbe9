import { readFile } from 'node:fs/promises';
import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import type { TokenCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoAzure } from '../src/azure/seed.ts';
import { type LocalCloud, startLocalCloud } from '../src/cloud.ts';
import { isRecord } from '../src/http/exchange.ts';
import { demoSeed } from '../src/seed.ts';

// Microsoft's own library, by its own HTTP and TLS. What is patched in it (docs/decisions/0028) is where it
// looks for a region.
// Loaded late: Jest cannot load it together with the other client of Azure.
const library = () => import('@azure/identity');
type Library = Awaited<ReturnType<typeof library>>;

const scope = 'https://management.azure.com/.default';
const { subscriptionId, tenantId } = demoAzure();
const clientId = demoAzure().apps[0]?.clientId ?? '';

let cloud: LocalCloud;
let options: { authorityHost: string; disableInstanceDiscovery: true; tlsOptions: { ca: string } };
beforeAll(async () => {
  const seed = demoSeed();
  const apps = seed.azure.apps.map((app) => ({
    ...app,
    secrets: [{ value: 'planted-secret' }, { value: 'planted-old-secret', expires: 1 }],
  }));
  const machine = { system: clientId, userAssigned: [clientId] };
  cloud = await startLocalCloud({ seed: { ...seed, azure: { ...seed.azure, apps, machine } } });
  const { certificate, secureEnv } = cloud.azure;
  options = {
    authorityHost: secureEnv['AZURE_AUTHORITY_HOST'] ?? '',
    disableInstanceDiscovery: true,
    tlsOptions: { ca: await readFile(certificate, 'utf8') },
  };
  // The library looks there, and nowhere else.
  Object.assign(process.env, cloud.azure.machine);
});
afterAll(async () => {
  for (const name of Object.keys(cloud.azure.machine)) delete process.env[name];
  await cloud[Symbol.asyncDispose]();
});

/** An OIDC token of the run, as an action asks GitHub for it. */
async function assertion(): Promise<string> {
  const url = new URL(cloud.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
  url.searchParams.set('audience', 'api://AzureADTokenExchange');
  const authorization = `Bearer ${cloud.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}`;
  const answer: unknown = await (await fetch(url, { headers: { authorization } })).json();
  return isRecord(answer) ? String(answer['value']) : '';
}

describe('a token of the emulated Entra over https', () => {
  test.each<[string, (library: Library) => TokenCredential]>([
    [
      'ClientSecretCredential',
      (library) =>
        new library.ClientSecretCredential(tenantId, clientId, 'planted-secret', options),
    ],
    [
      'ClientAssertionCredential',
      (library) => new library.ClientAssertionCredential(tenantId, clientId, assertion, options),
    ],
    ['ManagedIdentityCredential', (library) => new library.ManagedIdentityCredential()],
    [
      'ManagedIdentityCredential by id',
      (library) => new library.ManagedIdentityCredential({ clientId }),
    ],
  ])('%s of the library opens Azure Resource Manager', async (_, credential) => {
    const client = new ContainerInstanceManagementClient(
      credential(await library()),
      subscriptionId,
      {
        endpoint: cloud.azure.armUrl,
        credentialScopes: scope,
        tlsOptions: options.tlsOptions,
      },
    );
    const groups = [];
    for await (const group of client.containerGroups.listByResourceGroup('shop')) {
      groups.push(group);
    }
    expect(groups).toEqual([]);
    const [last] = cloud.azure.permissions.calls.slice(-1);
    expect(last).toMatchObject({ clientId, verdict: 'allowed' });
  });

  test.each([
    ['planted-wrong-secret', 'AADSTS7000215'],
    ['planted-old-secret', 'AADSTS7000222'],
  ])('%s is refused as Entra does', async (secret, code) => {
    const { ClientSecretCredential } = await library();
    const credential = new ClientSecretCredential(tenantId, clientId, secret, options);
    await expect(credential.getToken(scope)).rejects.toThrow(code);
  });
});
