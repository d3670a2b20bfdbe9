import { afterEach, expect, it } from '@jest/globals';
import { demoAzure } from '../../../packages/local-cloud/src/azure/seed.ts';
import { bundle, identity, image, World } from './world.ts';

const clientId = identity['azure-client-id'];
const { 'azure-tenant-id': _, ...withoutTenant } = identity;
const seed = { ...demoAzure(), machine: { userAssigned: [clientId] } };
const inputs = {
  ...withoutTenant,
  'resource-group': 'shop',
  name: 'shop',
  image: image('shop-1'),
  ports: '3000',
  'dns-label': 'shop-web',
  'health-path': '/health',
  timeout: '30s',
};
let world: World;
afterEach(() => world[Symbol.asyncDispose]());

const onMachine = (more: Readonly<Record<string, string>>) =>
  world.runner.start(bundle, inputs, {
    ...world.azure.env,
    ...world.azure.azure.machine,
    ...more,
  }).done;

it('azure-client-id alone is the user-assigned identity of a runner, in a job without OIDC', async () => {
  world = await World.open(seed);
  const step = await onMachine({});
  expect(step.errors).toEqual([]);
  expect(step.outputs).toMatchObject({ status: 'deployed' });
  expect(step.log).toContain(`Azure is spoken to as managed identity ${clientId}, by`);
}, 60_000);

it('and in a job with OIDC a directory that was forgotten, whatever the runner has', async () => {
  world = await World.open(seed);
  const step = await onMachine(world.github.oidc.env);
  expect(step.outputs).toMatchObject({ reason: 'action/input' });
  expect(step.errors).toHaveLength(1);
  expect(step.errors[0]?.text).toMatch(
    /^Input azure-tenant-id is required beside azure-client-id\. Valid: [0-9a-f-]{36}$/m,
  );
  expect(world.azure.azure.permissions.calls).toEqual([]);
}, 60_000);
