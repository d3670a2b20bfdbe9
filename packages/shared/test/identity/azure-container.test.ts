import { expect, test } from '@jest/globals';
import { azureIdentity } from '../../src/identity/azure-sources.ts';
import { systemClock } from '../../src/time/clock.ts';
import { clientId, startWorld, tenantId } from './world.ts';

const scope = 'https://management.azure.com/.default';

// In a file of its own: @azure/identity looks for the endpoint once in a process.
test('the identity of a container, by the header that it was given', async () => {
  await using world = await startWorld(({ azure }) => ({
    azure: { ...azure, machine: { system: tenantId, userAssigned: [clientId] } },
  }));
  const { container } = world.cloud.azure;
  Object.assign(process.env, container);
  const env = { ...world.means.env, HOME: '/nowhere', ...container };
  const means = { ...world.means, clock: systemClock, env };
  const own = await azureIdentity({ cloud: 'public' }, means);
  await expect(own.token(scope)).resolves.toHaveProperty('value');
  expect(world.masked).toContain(container['IDENTITY_HEADER']);

  const named = await azureIdentity({ cloud: 'public', clientId }, means);
  await expect(named.token(scope)).resolves.toHaveProperty('value');
  expect(world.asked).toEqual([]);
  for (const name of Object.keys(container)) delete process.env[name];
});
