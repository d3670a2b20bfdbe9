import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Seed } from '../../../local-cloud/src/seed.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { acrCredentials } from '../../src/identity/azure.ts';
import { azureManagement } from '../../src/identity/azure-cloud.ts';
import { type AzureInputs, azureIdentity } from '../../src/identity/azure-sources.ts';
import type { IdentityContext } from '../../src/identity/context.ts';
import { requestIdToken } from '../../src/identity/oidc.ts';
import { clientId, startWorld, tenantId, type World } from './world.ts';

const scope = 'https://management.azure.com/.default';
const audience = 'api://AzureADTokenExchange';
const minute = 60_000;

let world: World;
beforeAll(async () => {
  world = await startWorld(withSecrets);
});
afterEach(() => world.reset());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

function withSecrets(seed: Seed) {
  const secrets = [{ value: 'planted-secret' }, { value: 'planted-old-secret', expires: 1 }];
  return { azure: { ...seed.azure, apps: seed.azure.apps.map((app) => ({ ...app, secrets })) } };
}

const ids = { clientId, tenantId };
const inEnvironment = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId };

/** The identity for some inputs and some more variables of the environment. */
const identity = (
  given: Partial<AzureInputs>,
  env: Readonly<Record<string, string | undefined>> = {},
  means: IdentityContext = world.means,
) => azureIdentity({ cloud: 'public', ...given }, { ...means, env: { ...means.env, ...env } });

/** The requests for tokens, as `id-token` and `entra`. */
const exchanges = () =>
  world.asked.map((url) => (url.includes('/oauth2/v2.0/token') ? 'entra' : 'id-token'));

/** `appid` and `aud` of a token. */
function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe("this job's OIDC token", () => {
  test('is two requests to the first call of Azure Resource Manager', async () => {
    const { token, way, who } = await identity(ids);
    expect(exchanges()).toEqual([]);
    const { value } = await token(scope);
    expect(exchanges()).toEqual(['id-token', 'entra']);
    expect(claimsOf(value)).toMatchObject({ aud: 'https://management.azure.com', appid: clientId });
    expect(`${who}, ${way}`).toBe(`application ${clientId}, by this job's OIDC token`);
    world.expectMaskedBeforeUse();
    expect(world.masked).toContain(value);
  });

  test('serves the registry too: three requests for both', async () => {
    const both = await identity(ids);
    await both.token(scope);
    const registry = world.cloud.azure.acrHost;
    const login = await acrCredentials({ identity: both, registry }, world.means);
    expect(login.password).not.toBe('');
    expect(exchanges().slice(0, 3)).toEqual(['id-token', 'entra', 'entra']);
    await both.token(scope);
    expect(world.asked).toHaveLength(4);
  });

  test('is asked for anew where it may be too old', async () => {
    const { token } = await identity(ids);
    await token(scope);
    await world.means.clock.sleep(3 * minute);
    await token('https://containerregistry.azure.net/.default');
    expect(exchanges()).toEqual(['id-token', 'entra', 'id-token', 'entra']);
    world.pauses.length = 0;
  });

  test('gets a new access token five minutes before the old one ends, and not before', async () => {
    const { token } = await identity(ids);
    await token(scope);
    await world.means.clock.sleep(54 * minute);
    await token(scope);
    expect(exchanges()).toHaveLength(2);
    await world.means.clock.sleep(2 * minute);
    await Promise.all([token(scope), token(scope)]);
    expect(exchanges()).toEqual(['id-token', 'entra', 'id-token', 'entra']);
  });

  test('that Entra finds too old is shown anew, once', async () => {
    let refused = 0;
    const late: Fetch = async (address, request) => {
      if (!String(address).includes('/oauth2/v2.0/token') || refused === 1) {
        return await world.means.fetch(address, request);
      }
      refused += 1;
      const error_description =
        'AADSTS700024: Client assertion is not within its valid time range.';
      return Response.json({ error: 'invalid_client', error_description }, { status: 401 });
    };
    const { token } = await identity(ids, {}, { ...world.means, fetch: late });
    await expect(token(scope)).resolves.toHaveProperty('value');
    expect(exchanges()).toEqual(['id-token', 'id-token', 'entra']);
  });

  test('that is too old twice is a failure of a clock', async () => {
    await using old = await startWorld(({ run }) => ({ run: { ...run, tokenLifetime: -60 } }));
    const { token } = await identity(ids, {}, old.means);
    const failure = await old.failure(token(scope));
    expect(failure.code).toBe('identity/azure-token-time');
    expect(failure.message).toContain('AADSTS700024: ');
    expect(old.asked).toHaveLength(4);
  });

  test('ends with its signal', async () => {
    const { signal, ...controller } = aborted();
    const { token } = await identity(ids, {}, { ...world.means, signal });
    controller.abort();
    await expect(token(scope)).rejects.toThrow('cancelled');
    expect(exchanges()).not.toContain('entra');
  });

  test.each([
    [
      'names',
      'repo:org@1/app@2:ref:refs/heads/x',
      'A credential for repo:org/app:ref:refs/heads/x',
    ],
  ])('a refusal tells the other form of the subject: %s', async (_, subject, said) => {
    await using other = await startWorld(({ run }) => ({ run: { ...run, subject } }));
    const { token } = await identity(ids, {}, other.means);
    const failure = await other.failure(token(scope));
    expect(failure.code).toBe('identity/azure-subject');
    expect(failure.remedy).toContain(`subject ${subject}, audience ${audience}.`);
    expect(failure.remedy).toContain(said);
  });

  test('for a service that the tenant does not have: another cloud', async () => {
    const { token } = await identity(ids);
    const failure = await world.failure(token('https://management.chinacloudapi.cn/.default'));
    expect(failure.code).toBe('identity/azure-cloud');
    expect(failure.message).toContain('AADSTS500011: ');
  });
});

function aborted() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('cancelled')) };
}

describe('a client secret', () => {
  test.each<[string, Partial<AzureInputs>, object]>([
    ['azure-client-secret', { ...ids, clientSecret: 'planted-secret' }, {}],
    ['AZURE_CLIENT_SECRET', {}, { ...inEnvironment, AZURE_CLIENT_SECRET: 'planted-secret' }],
  ])('%s gets a token, and goes before the OIDC token', async (name, given, env) => {
    const { token, way } = await identity(given, { ...env });
    expect(way).toBe(`by the client secret in ${name}`);
    expect(claimsOf((await token(scope)).value)).toMatchObject({ appid: clientId });
    expect(exchanges()).toEqual(['entra']);
    world.expectMaskedBeforeUse();
    expect(world.masked[0]).toBe('planted-secret');
  });

  test.each([
    ['planted-other-secret', 'identity/azure-secret', 'AADSTS7000215', 'the value of the secret'],
    ['planted-old-secret', 'identity/azure-secret-expired', 'AADSTS7000222', 'a new secret'],
  ])('%s is refused', async (clientSecret, code, said, remedy) => {
    const { token } = await identity({ ...ids, clientSecret });
    const failure = await world.failure(token(scope));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(`${clientId}`);
    expect(failure.message).toContain(`${said}: `);
    expect(failure.remedy).toContain(remedy);
  });

  test('that Entra repeats is not told', async () => {
    const quoting: Fetch = async () =>
      Response.json(
        { error_description: 'AADSTS900144: no planted-secret please' },
        { status: 400 },
      );
    const given = { ...ids, clientSecret: 'planted-secret' };
    const { token } = await identity(given, {}, { ...world.means, fetch: quoting });
    const failure = await world.failure(token(scope));
    expect(failure.code).toBe('identity/azure-refused');
    expect(failure.message).toContain('AADSTS900144: no *** please');
  });
});

describe('a workload identity', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'workload-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('shows the token of its file, read anew for each exchange', async () => {
    const file = join(folder, 'token');
    await writeFile(file, (await requestIdToken(audience, world.means)).value);
    const env = { ...inEnvironment, AZURE_FEDERATED_TOKEN_FILE: file };
    const { token, way } = await identity({}, env);
    expect(way).toBe('by the token in AZURE_FEDERATED_TOKEN_FILE');
    expect(claimsOf((await token(scope)).value)).toMatchObject({ appid: clientId });
    await writeFile(file, 'planted-nonsense');
    const other = token('https://containerregistry.azure.net/.default');
    expect((await world.failure(other)).code).toBe('identity/no-azure-credentials');
  });

  test('whose file is not there says so', async () => {
    const env = { ...inEnvironment, AZURE_FEDERATED_TOKEN_FILE: join(folder, 'none') };
    const { token } = await identity({}, env);
    const failure = await world.failure(token(scope));
    expect(failure.code).toBe('identity/no-azure-credentials');
    expect(failure.message).toContain('ENOENT');
  });
});

test('the ids of the environment do where the inputs have none', async () => {
  const { who, way } = await identity({}, inEnvironment);
  expect(`${who}, ${way}`).toBe(`application ${clientId}, by this job's OIDC token`);
});

describe('Azure Resource Manager', () => {
  test.each([
    ['public', 'https://management.azure.com'],
    ['china', 'https://management.chinacloudapi.cn'],
    ['government', 'https://management.usgovcloudapi.net'],
  ] as const)('of the cloud %s is at %s', (cloud, endpoint) => {
    expect(azureManagement(cloud, {})).toEqual({ endpoint, scope: `${endpoint}/.default` });
  });

  test('moves, its scope does not', () => {
    const env = { AZURE_RESOURCE_MANAGER_ENDPOINT: 'http://127.0.0.1:1234/' };
    expect(azureManagement('china', env)).toEqual({
      endpoint: 'http://127.0.0.1:1234',
      scope: 'https://management.chinacloudapi.cn/.default',
    });
  });

  test.each(['http://arm.example.com', 'ftp://127.0.0.1', 'a b'])('may not be at %s', (host) => {
    const env = { AZURE_RESOURCE_MANAGER_ENDPOINT: host };
    expect(() => azureManagement('public', env)).toThrow('is no https address');
  });
});
