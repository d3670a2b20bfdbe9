import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Environment } from '../../src/exec/environment.ts';
import { type AzureInputs, azureIdentity } from '../../src/identity/azure-sources.ts';
import { systemClock } from '../../src/time/clock.ts';
import { clientId, startWorld, tenantId, type World } from './world.ts';

const scope = 'https://management.azure.com/.default';
const system = '22222222-2222-3333-4444-555555555555';
const registry = 'https://containerregistry.azure.net/.default';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await startWorld(({ azure }) => ({
    azure: { ...azure, machine: { system, userAssigned: [clientId] } },
  }));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machine-'));
});
afterEach(async () => {
  world.reset();
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

/** Nothing listens there. */
const nowhere = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' };

const identity = (given: Partial<AzureInputs>, env: Environment) =>
  azureIdentity(
    { cloud: 'public', ...given },
    { ...world.means, clock: systemClock, env: { PATH: '', HOME: folder, ...nowhere, ...env } },
  );

/** @azure/identity reads where the endpoint is from the environment of the process. */
async function onMachine<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>) {
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
  }
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('the managed identity of the runner', () => {
  test('its own', async () => {
    const env = world.cloud.azure.machine;
    await onMachine(env, async () => {
      const { token, who } = await identity({}, env);
      expect(who).toBe('the managed identity of the runner');
      const { expires, value } = await token(scope);
      expect(claimsOf(value)).toMatchObject({ appid: system });
      expect(world.masked).toContain(value);
      expect(expires - Date.now()).toBeGreaterThan(50 * 60_000);
    });
  });

  test.each<[string, Partial<AzureInputs>, Environment]>([
    ['azure-client-id', { clientId }, {}],
    ['AZURE_CLIENT_ID', {}, { AZURE_CLIENT_ID: clientId }],
  ])('that %s names', async (_, given, more) => {
    const env = world.cloud.azure.machine;
    await onMachine(env, async () => {
      const { token, who } = await identity(given, { ...env, ...more });
      expect(who).toBe(`managed identity ${clientId}`);
      expect(claimsOf((await token(registry)).value)).toMatchObject({ appid: clientId });
    });
  });

  test('that is not assigned', async () => {
    const env = world.cloud.azure.machine;
    await onMachine(env, async () => {
      const { token } = await identity({ clientId: tenantId }, env);
      const failure = await world.failure(token(scope));
      expect(failure.code).toBe('identity/azure-managed-identity');
      expect(failure.message).toBe(
        `There is no token for managed identity ${tenantId}: Identity not found.`,
      );
    });
  });

  test('is asked past every proxy', async () => {
    const env = world.cloud.azure.machine;
    await onMachine({ ...env, HTTP_PROXY: 'http://127.0.0.1:9' }, async () => {
      const { token } = await identity({ clientId }, env);
      await expect(token(scope)).resolves.toHaveProperty('value');
      expect(world.asked).toEqual([]);
    });
  });
});

describe('the login of the Azure CLI', () => {
  /** An `az` that writes down how it was started, and says something. */
  async function withCli(says: string, code = 0) {
    const [bin, event] = [join(folder, 'bin'), join(folder, 'event.json')];
    await Promise.all([mkdir(bin), mkdir(join(folder, '.azure'))]);
    await writeFile(event, '{}');
    await writeFile(join(folder, '.azure/azureProfile.json'), '{}');
    await writeFile(join(folder, 'says'), says);
    const lines = [
      '#!/bin/sh',
      `printf '%s\\n' "$@" > ${folder}/started`,
      `env > ${folder}/env`,
      code === 0 ? `cat ${folder}/says` : `cat ${folder}/says >&2`,
      `exit ${code}`,
    ];
    await writeFile(join(bin, 'az'), lines.join('\n'));
    await chmod(join(bin, 'az'), 0o755);
    return { GITHUB_EVENT_PATH: event, PATH: `${bin}:/usr/bin:/bin` };
  }

  const answer = () =>
    JSON.stringify({
      accessToken: 'planted-cli-token',
      expiresOn: '2026-11-28 12:00:00.000000',
      expires_on: Math.floor(Date.now() / 1_000) + 3_600,
      tenant: tenantId,
      tokenType: 'Bearer',
    });
  const started = async () => {
    const { readFile } = await import('node:fs/promises');
    return await readFile(join(folder, 'started'), 'utf8').catch(() => '');
  };

  test('that this job has made is used, and said', async () => {
    const env = { ...(await withCli(answer())), INPUT_SECRET: 'planted-input' };
    const { token, who } = await identity({}, { ...env, ...world.cloud.azure.machine });
    expect(who).toBe('the Azure CLI login of this machine');
    expect((await token(scope)).value).toBe('planted-cli-token');
    expect(world.masked).toContain('planted-cli-token');
    expect((await started()).split('\n')).toEqual([
      ...['account', 'get-access-token', '--output', 'json', '--scope', scope, ''],
    ]);
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(join(folder, 'env'), 'utf8')).not.toContain('planted-input');
  });

  test('of another job is not used, and the failure tells of it', async () => {
    const env = await withCli(answer());
    await utimes(join(folder, '.azure/azureProfile.json'), 1, 1);
    const failure = await world.failure(identity({}, env));
    expect(failure.code).toBe('identity/no-azure-credentials');
    expect(failure.message).toContain('the login of the Azure CLI is older than this job');
    expect(await started()).toBe('');
  });

  test('is not asked of an az in the workspace', async () => {
    const env = { ...(await withCli(answer())), GITHUB_WORKSPACE: folder };
    const { token } = await identity({}, env);
    const failure = await world.failure(token(scope));
    expect(failure.message).toContain('there is no az in PATH');
    expect(await started()).toBe('');
  });

  test.each([
    ["ERROR: Please run 'az login' to setup account.", 1, "Please run 'az login' to setup account"],
    ['', 3, 'az ended with 3 and no token'],
    ['planted-nonsense', 0, 'az ended with 0 and no token'],
  ])('that gives no token: %s', async (says, code, said) => {
    const env = await withCli(says, code);
    const { token } = await identity({}, env);
    const failure = await world.failure(token(scope));
    expect(failure.code).toBe('identity/azure-cli');
    expect(failure.message).toContain(said);
    expect(failure.message).not.toContain('planted');
  });
});

test("GitHub's own machines are not asked for an identity: the failure is about the inputs", async () => {
  const env = { ...world.cloud.azure.machine, RUNNER_ENVIRONMENT: 'github-hosted' };
  const failure = await world.failure(identity({}, env));
  expect(failure.code).toBe('identity/no-azure-credentials');
});

test('none of all: one failure says what was looked for', async () => {
  const failure = await world.failure(identity({}, {}));
  expect(failure.code).toBe('identity/no-azure-credentials');
  expect(failure.message).toBe(
    'There are no credentials for Azure: neither azure-client-id nor AZURE_CLIENT_ID with a tenant is given, this job has not logged in with the Azure CLI, and the runner has no managed identity.',
  );
  expect(failure.remedy).toContain('id-token: write');
});
