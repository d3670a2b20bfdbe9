import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { registryLogin } from '../../src/identity/login.ts';
import { clientId, role, startWorld, tenantId, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld((seed) => ({
    aws: { ...seed.aws, registryPassword: 'planted-registry-password' },
    azure: { ...seed.azure, registryPassword: 'planted-registry-password' },
  }));
});
afterEach(() => world.reset());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const azure = { azureClientId: clientId, azureTenantId: tenantId };
const password = { username: 'octocat', password: 'hunter2hunter2' };

test('nothing about the registry: Docker decides', async () => {
  const inputs = { awsRole: role, ...azure };
  await expect(registryLogin('ghcr.io', inputs, world.means)).resolves.toBeUndefined();
  expect(world.asked).toEqual([]);
});

test('user name and password go as they are', async () => {
  const inputs = { awsRole: role, ...azure, ...password };
  await expect(registryLogin('ghcr.io', inputs, world.means)).resolves.toEqual(password);
  expect(world.asked).toEqual([]);
  expect(world.masked).toEqual(['hunter2hunter2']);
});

test('ECR, with what creates a repository', async () => {
  const host = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
  const login = await registryLogin(host, { awsRole: role, ...azure }, world.means);
  expect(login).toMatchObject({ username: 'AWS', password: 'planted-registry-password' });
  expect(Object.keys(login ?? {}).sort()).toEqual(['createRepository', 'password', 'username']);
  await expect(login?.createRepository?.('app')).resolves.toEqual({ made: 'created' });
  expect(world.cloud.aws.ecrRepositories()).toEqual([`${host}/app`]);
});

test('ACR', async () => {
  const login = await registryLogin(world.cloud.azure.acrHost, azure, world.means);
  expect(login).toEqual({
    username: '00000000-0000-0000-0000-000000000000',
    password: 'planted-registry-password',
  });
});
