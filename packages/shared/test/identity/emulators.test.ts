import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Aws, startAws } from '../../../local-cloud/src/aws/aws.ts';
import { startAzure } from '../../../local-cloud/src/azure/azure.ts';
import type { LocalCloud } from '../../../local-cloud/src/cloud.ts';
import { startGitHub } from '../../../local-cloud/src/github/github.ts';
import { isRecord } from '../../../local-cloud/src/http/exchange.ts';
import { ofTomorrow } from '../../../local-cloud/src/http/variety.ts';
import type { AwsCredentials } from '../../src/identity/aws-identity.ts';
import { assumeAwsRole } from '../../src/identity/aws-role.ts';
import { requestIdToken } from '../../src/identity/oidc.ts';
import { clientId, role, startWorld, tenantId, type World } from './world.ts';

// The local cloud must refuse what the real services refuse, or it would prove nothing.
let world: World;
let cloud: LocalCloud;
let session: AwsCredentials;
let idToken: string;
let oldToken: string;
beforeAll(async () => {
  world = await startWorld();
  cloud = world.cloud;
  session = await assumeAwsRole({ role, region: 'us-east-1' }, world.means);
  idToken = (await requestIdToken('sts.amazonaws.com', world.means)).value;
  await using other = await startGitHub({ repository: 'org/app' });
  oldToken = (await requestIdToken('x', { ...world.means, env: other.oidc.env })).value;
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** The token with another subject, under the old signature. */
function forged(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'repo:evil/app:x' }));
  return `${header}.${changed.toString('base64url')}.${signature}`;
}

describe('ECR', () => {
  const client = (change: Partial<AwsCredentials> = {}, more: object = {}) =>
    new ECRClient({ region: 'us-east-1', credentials: { ...session, ...change }, ...more });
  const ask = (ecr: ECRClient) => ecr.send(new GetAuthorizationTokenCommand());

  test('takes what the SDK signs', async () => {
    await expect(ask(client())).resolves.toMatchObject({
      authorizationData: [{ expiresAt: expect.any(Date) }],
    });
  });

  test.each<[string, Partial<AwsCredentials>, string]>([
    ['another key', { secretAccessKey: 'x'.repeat(40) }, 'InvalidSignatureException'],
    ['another session', { sessionToken: 'x'.repeat(40) }, 'UnrecognizedClientException'],
    ['an unknown key id', { accessKeyId: 'ASIAUNKNOWN' }, 'UnrecognizedClientException'],
  ])('refuses %s', async (_, change, name) => {
    await expect(ask(client(change))).rejects.toMatchObject({ name, $fault: 'client' });
  });

  test.each([
    ['a clock that is wrong', 3_600_000],
    ['a clock that is wrong the other way', -3_600_000],
  ])('refuses %s', async (_, systemClockOffset) => {
    const work = ask(client({}, { systemClockOffset, maxAttempts: 1 }));
    await expect(work).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  test('refuses credentials that are expired', async () => {
    let now = Date.now();
    await using later = await startAws({ now: () => now });
    const old = later.credentials(role);
    const endpoint = later.env['AWS_ENDPOINT_URL_ECR'];
    await expect(ask(client(old, { endpoint }))).resolves.toHaveProperty('authorizationData');
    now += 3_601_000;
    const work = ask(client(old, { endpoint, systemClockOffset: 3_601_000 }));
    await expect(work).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  test('refuses a body that was changed after signing', async () => {
    const ecr = client();
    const { requestHandler } = ecr.config;
    const send = requestHandler.handle.bind(requestHandler);
    requestHandler.handle = (request, options) => {
      request.body = '[]';
      return send(request, options);
    };
    await expect(ask(ecr)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  test('refuses fields it does not know, and repositories that are not there', async () => {
    const mistaken = client();
    mistaken.middlewareStack.add(
      (next) => (args) => {
        if (isRecord(args.request)) args.request['body'] = '{"repositoryNaem":"app"}';
        return next(args);
      },
      { step: 'build', priority: 'high' },
    );
    const create = new CreateRepositoryCommand({ repositoryName: 'app' });
    await expect(mistaken.send(create)).rejects.toMatchObject({
      name: 'SerializationException',
      message: expect.stringContaining('repositoryNaem'),
    });
    const absent = new DescribeRepositoriesCommand({ repositoryNames: ['absent'] });
    await expect(client().send(absent)).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
    });
  });

  test('keeps the repositories of a region apart', async () => {
    const here = client();
    await here.send(new CreateRepositoryCommand({ repositoryName: 'app' }));
    const there = client({}, { region: 'eu-west-1' });
    const names = async (ecr: ECRClient) =>
      (await ecr.send(new DescribeRepositoriesCommand())).repositories?.map(
        ({ repositoryUri }) => repositoryUri,
      );
    await expect(names(here)).resolves.toEqual([
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/app',
    ]);
    await expect(names(there)).resolves.toEqual([]);
  });

  test.each([
    ['GetAuthorizationToken', 'MissingAuthenticationTokenException'],
    ['DeleteEverything', 'UnknownOperationException'],
  ])('refuses %s without a signature: %s', async (operation, name) => {
    const answer = await fetch(cloud.env['AWS_ENDPOINT_URL_ECR'] ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`,
      },
      body: '{}',
    });
    await expect(answer.json()).resolves.toMatchObject({ __type: name });
  });
});

describe('STS', () => {
  const good = () => ({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: 'session',
    WebIdentityToken: idToken,
  });
  const ask = async (form: Record<string, string>, { env }: Pick<Aws, 'env'> = cloud) => {
    const body = new URLSearchParams(form);
    const answer = await fetch(env['AWS_ENDPOINT_URL_STS'] ?? '', { method: 'POST', body });
    return `${answer.status} ${await answer.text()}`;
  };

  test('takes a good request', async () => {
    await expect(ask(good())).resolves.toMatch(/^200 .*<SessionToken>/);
  });

  test('trusts no issuer when it was given none', async () => {
    await using alone = await startAws();
    const answer = await ask(good(), alone);
    expect(answer).toContain('No OpenIDConnect provider found in your account');
  });

  test.each<[string, () => Record<string, string>, string]>([
    ['another version', () => ({ Version: '2010-01-01' }), 'InvalidAction'],
    ['another action', () => ({ Action: 'AssumeRole' }), 'InvalidAction'],
    ['an unknown field', () => ({ Policy: '{}' }), 'ValidationError'],
    ['no role', () => ({ RoleArn: '' }), 'ValidationError'],
    ['no session name', () => ({ RoleSessionName: '' }), 'ValidationError'],
    ['a bad session name', () => ({ RoleSessionName: 'a/b<c>' }), 'ValidationError'],
    ['a long session name', () => ({ RoleSessionName: 'a'.repeat(65) }), 'ValidationError'],
    ['a short session', () => ({ DurationSeconds: '899' }), 'ValidationError'],
    ['a long session', () => ({ DurationSeconds: '3601' }), 'ValidationError'],
    ['no token', () => ({ WebIdentityToken: '' }), 'ValidationError'],
    ['no JWT', () => ({ WebIdentityToken: 'aaaaa' }), 'InvalidIdentityToken'],
    ['a forged token', () => ({ WebIdentityToken: forged(idToken) }), 'InvalidIdentityToken'],
    ['an unknown issuer', () => ({ WebIdentityToken: oldToken }), 'InvalidIdentityToken'],
  ])('refuses %s', async (_, change, code) => {
    const answer = await ask({ ...good(), ...change() });
    expect(answer).toMatch(/^400 <ErrorResponse /);
    expect(answer).toContain(`<Code>${code}</Code>`);
    expect(answer).not.toContain('<c>');
  });
});

describe('Entra and ACR', () => {
  const audience = 'api://AzureADTokenExchange';
  const good = async () => ({
    client_id: clientId,
    scope: 'https://containerregistry.azure.net/.default',
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: (await requestIdToken(audience, world.means)).value,
  });
  const entra = async (form: Record<string, string>, { env }: Pick<Aws, 'env'> = cloud) => {
    const url = `${env['AZURE_AUTHORITY_HOST']}/${tenantId}/oauth2/v2.0/token`;
    return await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  };
  const exchange = (form: Record<string, string>) =>
    fetch(`http://${cloud.azure.acrHost}/oauth2/exchange`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'access_token',
        service: cloud.azure.acrHost,
        tenant: tenantId,
        ...form,
      }),
    });
  const accessToken = async (form: Record<string, string> = {}): Promise<string> => {
    const answer: unknown = await (await entra({ ...(await good()), ...form })).json();
    return /"access_token":"([^"]+)"/.exec(JSON.stringify(answer))?.[1] ?? '';
  };

  test.each<[string, Record<string, string>, number]>([
    ['no grant type', { grant_type: '' }, 900144],
    ['another grant type', { grant_type: 'password' }, 70003],
    ['no client', { client_id: '' }, 900144],
    ['no assertion', { client_assertion: '' }, 7000218],
    ['no assertion type', { client_assertion_type: '' }, 7000218],
    ['a secret', { client_secret: 'x' }, 7000215],
    ['no JWT', { client_assertion: 'x' }, 50027],
    ['a scope without .default', { scope: 'https://containerregistry.azure.net' }, 1002012],
  ])('Entra refuses %s', async (_, change, code) => {
    const answer = await entra({ ...(await good()), ...change });
    expect(answer.ok).toBe(false);
    await expect(answer.json()).resolves.toMatchObject({
      error_codes: [code],
      error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: `)),
    });
  });

  test('Entra trusts no issuer when it was given none', async () => {
    await using alone = await startAzure();
    const answer = await entra(await good(), alone);
    await expect(answer.json()).resolves.toMatchObject({ error_codes: [700211] });
  });

  test('Entra refuses forged tokens and those of another issuer', async () => {
    const form = await good();
    const forgery = await entra({ ...form, client_assertion: forged(form.client_assertion) });
    await expect(forgery.json()).resolves.toMatchObject({ error_codes: [700027] });
    const foreign = await entra({ ...form, client_assertion: oldToken });
    await expect(foreign.json()).resolves.toMatchObject({ error_codes: [700211] });
  });

  test('ACR takes an Entra token for itself', async () => {
    const answer = await exchange({ access_token: await accessToken() });
    await expect(answer.json()).resolves.toEqual({
      ...ofTomorrow,
      refresh_token: expect.any(String),
    });
  });

  test.each<[string, () => Promise<Record<string, string>>, number]>([
    ['a token for something else', forArm, 401],
    ["GitHub's token", async () => ({ access_token: idToken }), 401],
    ['no token', async () => ({}), 401],
    ['another grant type', async () => ({ grant_type: 'refresh_token' }), 400],
    ['another registry', async () => ({ service: 'shop.azurecr.io' }), 400],
    ['an unknown field', async () => ({ scope: 'x' }), 400],
    ['another tenant', async () => ({ tenant: clientId, access_token: await accessToken() }), 401],
  ])('ACR refuses %s', async (_, form, status) => {
    const answer = await exchange(await form());
    expect(answer.status).toBe(status);
    await expect(answer.json()).resolves.toEqual({
      errors: [{ code: expect.any(String), message: expect.any(String) }],
    });
  });

  async function forArm() {
    return { access_token: await accessToken({ scope: 'https://management.azure.com/.default' }) };
  }
});

test.each([
  ['?api-version=2.0', 'of-another-run', 401],
  ['', undefined, 400],
  ['?api-version=2.0&scope=x', undefined, 400],
  ['?api-version=2.0&audience=a&audience=b', undefined, 400],
])("GitHub's token endpoint refuses %j with bearer %j", async (query, bearer, status) => {
  const { ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN } = cloud.env;
  const authorization = `Bearer ${bearer ?? ACTIONS_ID_TOKEN_REQUEST_TOKEN}`;
  const url = new URL(`/idtoken${query}`, ACTIONS_ID_TOKEN_REQUEST_URL);
  const answer = await fetch(url, { headers: { authorization } });
  expect(answer.status).toBe(status);
});
