import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fetch, HttpAnswer } from '@slipway/shared/http/fetch';
import { azureIdentity } from '@slipway/shared/identity/azure-sources';
import { systemClock } from '@slipway/shared/time/clock';
import { demoAzure } from '../../../packages/local-cloud/src/azure/seed.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud.ts';
import type { AciApi, Operation, OperationState } from '../src/api/aci-api.ts';
import { openAci } from '../src/api/open-aci.ts';

// The calls of the action against the emulated Azure, from the OIDC token to the container group.
const { subscriptionId: subscription, tenantId } = demoAzure();
const clientId = demoAzure().apps[0]?.clientId;
const shop = { resourceGroup: 'shop', name: 'shop' };
const { signal } = new AbortController();

let cloud: LocalCloud;
let api: AciApi;
let asked: string[];
beforeAll(async () => {
  cloud = await startLocalCloud();
  asked = [];
  const ca = await readFile(cloud.azure.certificate, 'utf8');
  const context = {
    env: cloud.env,
    fetch: through(ca, asked),
    clock: systemClock,
    mask: () => undefined,
  };
  const identity = await azureIdentity({ cloud: 'public', clientId, tenantId }, context);
  api = await openAci({ subscription, cloud: 'public', identity }, context);
});
afterEach(() => cloud.azure.permissions.restore());
afterAll(async () => {
  await cloud[Symbol.asyncDispose]();
});

/** A fetch that trusts the emulated Azure, as NODE_EXTRA_CA_CERTS makes Node's own do. */
function through(ca: string, seen: string[]): Fetch {
  return (address, { body, headers, method = 'GET' } = {}) => {
    seen.push(`${method} ${new URL(address).pathname}`);
    if (new URL(address).protocol === 'http:') {
      return fetch(address, { method, ...(headers && { headers }), ...(body && { body }) });
    }
    return new Promise<HttpAnswer>((resolve, reject) => {
      const sent = request(address, { ca, method, headers: { ...headers, 'accept-encoding': '' } });
      sent.on('error', reject).on('response', (answer) => {
        const status = answer.statusCode ?? 0;
        const get = (name: string) => answer.headersDistinct[name]?.join(', ') ?? null;
        const cancel = async () => void answer.destroy();
        resolve({
          status,
          ok: status < 300,
          headers: { get },
          body: Object.assign(answer, { cancel }),
        });
      });
      sent.end(typeof body === 'string' ? body : undefined);
    });
  };
}

const document = (image = 'shop:1', more: object = {}) => ({
  location: 'eastus',
  tags: { release: image },
  properties: {
    osType: 'Linux',
    containers: [
      {
        name: 'web',
        properties: {
          image,
          ports: [{ port: 80 }],
          resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
        },
      },
    ],
    ipAddress: { type: 'Public', ports: [{ port: 80 }], dnsNameLabel: 'slipway' },
    ...more,
  },
});

async function over(operation: Operation): Promise<OperationState> {
  for (let looks = 0; looks < 400; looks += 1) {
    const said = await api.operationState(operation, signal);
    if (said.state !== 'running') return said;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Not in 10 s.');
}

test('the first call of Azure Resource Manager is the third request', async () => {
  await expect(api.locationOf('shop', signal)).resolves.toBe('eastus');
  expect(asked.map((line) => line.replaceAll(subscription, 'S').replace(tenantId, 'T'))).toEqual([
    'GET /idtoken',
    'POST /T/oauth2/v2.0/token',
    'GET /subscriptions/S/resourceGroups/shop',
  ]);
});

describe('a container group', () => {
  test.each(['Azure-AsyncOperation', 'Location', 'both', 'none'] as const)(
    'is created, read and deleted where Azure tells of the operation by %s',
    async (shape) => {
      cloud.azure.aci.longRunning = { shape, events: true };
      await expect(api.getGroup(shop, signal)).resolves.toBeUndefined();
      const { group, operation } = await api.putGroup({ ...shop, document: document() }, signal);
      expect(group).toMatchObject({ name: 'shop', tags: { release: 'shop:1' } });
      const state = shape === 'none' ? 'unknown' : 'succeeded';
      await expect(over(operation)).resolves.toEqual({ state });
      await expect(api.getGroup(shop, signal)).resolves.toMatchObject({ name: 'shop' });
      const most = { ...shop, container: 'web', most: 5 };
      await expect(api.logLines(most, signal)).resolves.toEqual(expect.any(Array));
      await over(await api.deleteGroup(shop, signal));
      await expect(api.getGroup(shop, signal)).resolves.toBeUndefined();
    },
  );

  test('what a role does not allow is named', async () => {
    cloud.azure.permissions.withhold('Microsoft.ContainerInstance/containerGroups/write');
    const put = api.putGroup({ ...shop, document: document() }, signal);
    await expect(put).rejects.toMatchObject({ code: 'aci/denied' });
    await expect(put).rejects.toThrow(
      `application ${clientId} may not Microsoft.ContainerInstance/containerGroups/write on /subscriptions/${subscription}/resourceGroups/shop/`,
    );
  });

  test.each<[string, string, object]>([
    ['aci/location', 'mars', {}],
    ['aci/invalid', 'eastus', { osType: 'Amiga' }],
  ])('%s', async (code, location, more) => {
    const put = api.putGroup(
      { ...shop, document: { ...document('shop:1', more), location } },
      signal,
    );
    await expect(put).rejects.toMatchObject({ code });
  });

  test('quotas of its region', async () => {
    await expect(api.usages('eastus', signal)).resolves.toContainEqual(
      expect.objectContaining({ name: 'ContainerGroups', limit: 100 }),
    );
  });
});

test.each([
  ['aci/subscription', '22222222-6666-5555-4444-333333333333'],
  ['aci/subscription', 'x'],
])('%s: a subscription that is not there', async (code, other) => {
  const ca = await readFile(cloud.azure.certificate, 'utf8');
  const context = {
    env: cloud.env,
    fetch: through(ca, []),
    clock: systemClock,
    mask: () => undefined,
  };
  const identity = await azureIdentity({ cloud: 'public', clientId, tenantId }, context);
  const wrong = await openAci({ subscription: other, cloud: 'public', identity }, context);
  await expect(wrong.getGroup(shop, signal)).rejects.toMatchObject({ code });
});
