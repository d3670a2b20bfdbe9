import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startAzure } from '../../../local-cloud/src/azure/azure.ts';
import type { AppSeed } from '../../../local-cloud/src/azure/seed.ts';
import type { Seed } from '../../../local-cloud/src/seed.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { acrCredentials } from '../../src/identity/azure.ts';
import { azureSignIn } from '../../src/identity/azure-cloud.ts';
import { federatedIdentity } from '../../src/identity/azure-federated.ts';
import type { IdentityContext } from '../../src/identity/context.ts';
import { registryHost } from '../../src/identity/registry-host.ts';
import { clientId, startWorld, tenantId, type World } from './world.ts';

const user = '00000000-0000-0000-0000-000000000000';
const subject = 'repo:org/app:ref:refs/heads/main';
const audience = 'api://AzureADTokenExchange';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.reset());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const login = (w: World = world, more: { clientId?: string; tenantId?: string } = {}) =>
  loginTo(w.cloud.azure.acrHost, w.means, more);

function loginTo(registry: string, means: IdentityContext, more: object = {}) {
  const host = registryHost(registry);
  const signIn = azureSignIn(host.provider === 'acr' ? host.cloud : 'public', means.env);
  const identity = federatedIdentity({ ...signIn, clientId, tenantId, ...more }, means);
  return acrCredentials({ identity, registry }, means);
}

/** A cloud in which one thing about the application or the run is different. */
const otherWorld = (change: Partial<AppSeed>, run: Partial<Seed['run']> = {}) =>
  startWorld((seed) => ({
    azure: { ...seed.azure, apps: seed.azure.apps.map((known) => ({ ...known, ...change })) },
    run: { ...seed.run, ...run },
  }));

test('credentials that the registry takes', async () => {
  const { password, username } = await login();
  expect(username).toBe(user);
  world.expectMaskedBeforeUse();
  expect(world.masked).toHaveLength(4);
  expect(world.masked.at(-1)).toBe(password);

  const { acrHost } = world.cloud.azure;
  const ask = (basic: string) =>
    fetch(`http://${acrHost}/oauth2/token?service=${acrHost}&scope=repository:app:pull,push`, {
      headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    });
  await expect(ask(`${username}:${password}`)).resolves.toMatchObject({ status: 200 });
  await expect(ask(`${username}:${password}x`)).resolves.toMatchObject({ status: 401 });
});

test('a registry with one fixed password', async () => {
  await using fixed = await startWorld(({ azure }) => ({
    azure: { ...azure, registryPassword: 'planted-registry-password' },
  }));
  await expect(login(fixed)).resolves.toEqual({
    username: user,
    password: 'planted-registry-password',
  });
});

describe('refused', () => {
  test.each<[string, Partial<AppSeed>, Partial<Seed['run']>, string, string]>([
    ['another subject', {}, { subject: 'repo:evil/app:ref:x' }, 'subject', 'AADSTS700213'],
    [
      'another case',
      {},
      { subject: 'repo:Org/app:ref:refs/heads/main' },
      'subject',
      'AADSTS700213',
    ],
    ['no credential', { federated: [] }, {}, 'subject', 'AADSTS700213'],
    [
      'another audience',
      { federated: [{ subject, audience: 'x' }] },
      {},
      'audience',
      'AADSTS700212',
    ],
  ])('%s', async (_, change, github, what, code) => {
    await using other = await otherWorld(change, github);
    const failure = await other.failure(login(other));
    const sent = github.subject ?? subject;
    expect(failure.code).toBe(`identity/azure-${what}`);
    expect(failure.message).toContain(`${what === 'subject' ? sent : audience}: ${code}`);
    expect(failure.message).not.toContain('Trace ID');
    expect(failure.remedy).toContain(`${clientId} in tenant ${tenantId}`);
    expect(failure.remedy).toMatch(/issuer http:\/\/127\.0\.0\.1:\d+,/);
    expect(failure.remedy).toContain(`subject ${sent}, audience ${audience}.`);
  });

  test('another issuer', async () => {
    await using other = await startAzure({ issuer: 'https://issuer.example' });
    const env = { ...world.means.env, ...other.env };
    const failure = await world.failure(loginTo(other.acrHost, { ...world.means, env }));
    expect(failure.code).toBe('identity/azure-issuer');
    expect(failure.message).toMatch(/the issuer http:\/\/127\.0\.0\.1:\d+: AADSTS700211/);
    expect(failure.remedy).toContain(`subject ${subject}, audience ${audience}.`);
  });

  test.each<[string, Partial<AppSeed>, string, string]>([
    ['an unknown application', { clientId: tenantId }, 'identity/azure-application', '700016'],
    ['one that is switched off', { disabled: true }, 'identity/azure-disabled', '7000112'],
  ])('%s', async (_, change, code, said) => {
    await using other = await otherWorld(change);
    const failure = await other.failure(login(other));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(clientId);
    expect(failure.message).toContain(`AADSTS${said}: `);
  });

  test('another tenant', async () => {
    const failure = await world.failure(login(world, { tenantId: 'other.onmicrosoft.com' }));
    expect(failure.code).toBe('identity/azure-tenant');
    expect(failure.message).toContain("AADSTS90002: Tenant 'other.onmicrosoft.com' not found.");
  });

  test('a token that Entra quotes stays hidden', async () => {
    const quoting: Fetch = async (input, init) => {
      if (!String(input).includes('/oauth2/v2.0/token'))
        return await world.means.fetch(input, init);
      const assertion = new URLSearchParams(String(init?.body)).get('client_assertion');
      const error_description = `AADSTS50027: Malformed: ${assertion}\r\nTrace ID: 1`;
      return Response.json({ error: 'invalid_request', error_description }, { status: 400 });
    };
    const means = { ...world.means, fetch: quoting };
    const work = loginTo(world.cloud.azure.acrHost, means);
    expect((await world.failure(work)).message).toMatch(/AADSTS50027: Malformed: \*\*\*$/);
  });
});

test('an identity without a role on the registry', async () => {
  await using poor = await otherWorld({ mayPush: false });
  const failure = await poor.failure(login(poor));
  expect(failure.code).toBe('identity/permission');
  expect(failure.message).toBe(
    `application ${clientId} is known, but may not use ${poor.cloud.azure.acrHost}: HTTP 401`,
  );
  expect(failure.remedy).toContain('AcrPush');
});

describe('a passing fault is tried again', () => {
  test.each([
    ['entra', '503', { status: 503 }],
    ['entra', 'a reset connection', 'reset' as const],
    ['entra', 'silence', 'slow' as const],
    ['acr', '429', { status: 429 }],
    ['acr', 'a reset connection', 'reset' as const],
  ] as const)('%s: %s', async (service, _, fault) => {
    world.cloud.faults.next(service, fault);
    await expect(login()).resolves.toMatchObject({ username: user });
  });
});

describe('an answer that makes no sense', () => {
  test.each([
    ['entra', 200, 'planted-secret', 'no access token'],
    ['entra', 200, '{"access_token":"planted-secret', 'no access token'],
    ['entra', 200, '{"access_token":["planted-secret"]}', 'no access token'],
    ['entra', 400, '<html>planted-secret</html>', 'HTTP 400'],
    ['entra', 404, '{"error_description":"planted-secret"}', 'HTTP 404'],
    ['acr', 200, '{}', 'no refresh token'],
    ['acr', 200, '{"refresh_token":"planted-secret', 'no refresh token'],
    ['acr', 404, 'planted-secret', 'HTTP 404'],
  ] as const)('%s: %i %s', async (service, status, body, said) => {
    world.cloud.faults.next(service, { status, body });
    const failure = await world.failure(login());
    expect(failure.code).toBe('identity/unavailable');
    expect(failure.message).toContain(said);
    expect(failure.message).not.toContain('planted');
  });
});

describe('what another job left in the environment', () => {
  const names = ['AZURE_REGIONAL_AUTHORITY_NAME', 'MSAL_FORCE_REGION', 'AZURE_AUTHORITY_HOST'];
  afterEach(() => {
    for (const name of names) delete process.env[name];
  });

  test.each(names)('%s moves no token', async (name) => {
    process.env[name] =
      name === 'AZURE_AUTHORITY_HOST' ? 'https://login.evil.example' : 'westeurope';
    await expect(login()).resolves.toMatchObject({ username: user });
    const { origin } = new URL(world.cloud.env['AZURE_AUTHORITY_HOST'] ?? '');
    const token = `${origin}/${tenantId}/oauth2/v2.0/token`;
    expect(world.asked.filter((url) => !url.includes('/idtoken'))).toEqual([
      token,
      `http://${world.cloud.azure.acrHost}/oauth2/exchange`,
    ]);
  });
});

describe('clouds', () => {
  test.each([
    ['shop.azurecr.io', 'https://login.microsoftonline.com', audience],
    ['shop.azurecr.cn', 'https://login.partner.microsoftonline.cn', `${audience}China`],
    ['shop.azurecr.us', 'https://login.microsoftonline.us', `${audience}USGov`],
  ])('%s signs in at %s', async (registry, authority, wanted) => {
    const urls: string[] = [];
    const answers: Fetch = async (input, init) => {
      const url = String(input);
      urls.push(url);
      if (url.includes('/idtoken')) return await world.means.fetch(input, init);
      return Response.json({
        access_token: 'an-access-token',
        refresh_token: 'a-refresh-token',
        expires_in: 3_599,
      });
    };
    const env = { ...world.means.env, AZURE_AUTHORITY_HOST: undefined };
    const means = { ...world.means, env, fetch: answers };
    const credentials = await loginTo(registry, means);
    expect(credentials).toEqual({ username: user, password: 'a-refresh-token' });
    expect(new URL(urls[0] ?? '').searchParams.get('audience')).toBe(wanted);
    expect(urls.slice(1)).toEqual([
      `${authority}/${tenantId}/oauth2/v2.0/token`,
      `https://${registry}/oauth2/exchange`,
    ]);
  });

  test.each(['http://login.example.com', 'ftp://127.0.0.1', 'https://', 'a b'])(
    'AZURE_AUTHORITY_HOST may not be %s',
    async (host) => {
      const env = { ...world.means.env, AZURE_AUTHORITY_HOST: host };
      const registry = 'shop.azurecr.io';
      const work = async () => loginTo(registry, { ...world.means, env });
      const failure = await world.failure(work());
      expect(failure.code).toBe('action/input');
      expect(failure.message).toContain('AZURE_AUTHORITY_HOST');
      expect(world.asked).toEqual([]);
    },
  );
});
