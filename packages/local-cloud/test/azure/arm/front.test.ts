import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { demoAzure } from '../../../src/azure/seed.ts';
import { Shop } from '../aci/shop.ts';
import { groupBody } from '../arm-client.ts';

const { subscriptionId, tenantId } = demoAzure();
const scope = `/subscriptions/${subscriptionId}/resourceGroups/shop`;
const version = 'api-version=2026-05-01';
const provider = 'providers/Microsoft.ContainerInstance';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});

describe('Resource Manager', () => {
  test.each([
    ['without a token', '', 'AuthenticationFailed'],
    ['with a token that is none', 'none', 'InvalidAuthenticationToken'],
  ])('refuses a request %s and says where there is one', async (_, token, code) => {
    const said = await shop.ask('GET', `${scope}?api-version=2021-04-01`, { token });
    expect(said).toMatchObject({
      status: 401,
      code,
      headers: {
        'www-authenticate': expect.stringContaining(
          `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token"`,
        ),
      },
    });
  });

  test.each([
    [`${scope}`, 400, 'MissingApiVersionParameter', 'is required for all requests'],
    [
      `${scope}/${provider}/containerGroups?api-version=1`,
      400,
      'InvalidApiVersionParameter',
      "supported versions are '2026-05-01,",
    ],
    [
      `/subscriptions/none/${provider}/containerGroups?${version}`,
      400,
      'InvalidSubscriptionId',
      "'none'",
    ],
    [
      `/subscriptions/${tenantId}/${provider}/containerGroups?${version}`,
      404,
      'SubscriptionNotFound',
      tenantId,
    ],
    [
      `/subscriptions/${subscriptionId}/resourceGroups/none/${provider}/containerGroups?${version}`,
      404,
      'ResourceGroupNotFound',
      "Resource group 'none' could not be found.",
    ],
    [
      `${scope}/${provider}/containerGroups/none?${version}`,
      404,
      'ResourceNotFound',
      "The Resource 'Microsoft.ContainerInstance/containerGroups/none' under resource group 'shop' was not found.",
    ],
    [
      `${scope}/${provider}/unknown?${version}`,
      404,
      'InvalidResourceType',
      'No HTTP resource was found',
    ],
  ])('answers %s with %d %s', async (path, status, code, message) => {
    const said = await shop.ask('GET', path);
    expect(said).toMatchObject({ status, code, message: expect.stringContaining(message) });
  });

  test('knows a resource group and its region, in any case of its name', async () => {
    const said = await shop.ask(
      'GET',
      `${scope.replace('resourceGroups/shop', 'resourcegroups/SHOP')}?api-version=2021-04-01`,
    );
    expect(said).toMatchObject({ status: 200, body: { id: scope, location: 'eastus' } });
  });

  test('gives each answer its ids and says how many requests are left', async () => {
    const { headers } = await shop.ask('GET', `${scope}?api-version=2021-04-01`);
    expect(headers).toMatchObject({
      'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-ms-correlation-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-ms-ratelimit-remaining-subscription-reads': expect.stringMatching(/^11\d{3}$/),
    });
  });

  test.each([
    ['PUT', '', 'Microsoft.ContainerInstance/containerGroups/write'],
    ['GET', '', 'Microsoft.ContainerInstance/containerGroups/read'],
    ['DELETE', '', 'Microsoft.ContainerInstance/containerGroups/delete'],
    ['POST', '/restart', 'Microsoft.ContainerInstance/containerGroups/restart/action'],
    [
      'GET',
      '/containers/web/logs',
      'Microsoft.ContainerInstance/containerGroups/containers/logs/read',
    ],
  ])('lets nobody %s%s whose role does not have %s', async (method, path, action) => {
    const { permissions } = shop.azure;
    permissions.withhold(action);
    const said = await shop.about(method, { path });
    permissions.restore();
    const id = `${scope}/${provider}/containerGroups/shop${path}`;
    expect(said).toMatchObject({ status: 403, code: 'AuthorizationFailed' });
    expect(said.message).toContain(
      `does not have authorization to perform action '${action}' over scope '${id}'`,
    );
    expect(permissions.calls.at(-1)).toMatchObject({ action, scope: id, verdict: 'denied' });
  });

  test('wants the right to hand an identity to a group', async () => {
    const identity = `${scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop`;
    const { permissions } = shop.azure;
    permissions.withhold('Microsoft.ManagedIdentity/*');
    const userAssignedIdentities = { [identity]: {} };
    const said = await shop.put({
      ...groupBody(),
      identity: { type: 'UserAssigned', userAssignedIdentities },
    });
    permissions.restore();
    expect(said).toMatchObject({ status: 403, code: 'LinkedAuthorizationFailed' });
    expect(said.message).toContain(identity);
  });
});

test('more than 100 creations in 5 minutes are throttled, with the time to wait', async () => {
  await using busy = await Shop.open({ throttled: true });
  for (let creations = 0; creations < 100; creations += 1) {
    const said = await busy.put({});
    expect(said.status).toBe(400);
  }
  const said = await busy.put({});
  expect(said).toMatchObject({
    status: 429,
    code: 'TooManyRequests',
    headers: { 'retry-after': '300' },
  });
  busy.clock.pass(300_000);
  await expect(busy.put({})).resolves.toMatchObject({ status: 400 });
});
