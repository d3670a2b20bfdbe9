import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { LongRunning } from '../src/azure/aci/world.ts';
import { demoAzure } from '../src/azure/seed.ts';
import { startVirtualAzure, type VirtualAzure } from '../src/azure/virtual-azure.ts';

const run = promisify(execFile);
const cache = process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway');

/** Microsoft's client of a language, as a program that knows the emulated Azure by its environment. */
async function client(language: string, { azure, env }: VirtualAzure): Promise<unknown> {
  const [command, file] = language === 'Python' ? ['python3', 'py'] : [process.execPath, 'ts'];
  const program = join(import.meta.dirname, `azure-client.${file}`);
  const { stdout } = await run(command, [program], {
    env: {
      ...env,
      PATH: process.env['PATH'],
      NO_PROXY: '127.0.0.1',
      PYTHONPATH: join(cache, 'azure-sdk/packages'),
      PYTHONDONTWRITEBYTECODE: '1',
      REQUESTS_CA_BUNDLE: azure.certificate,
      ARM_TOKEN: azure.armToken(),
      SUBSCRIPTION: demoAzure().subscriptionId,
    },
  });
  return JSON.parse(stdout);
}

const shapes: readonly LongRunning[] = [
  { shape: 'Azure-AsyncOperation', events: true },
  { shape: 'Azure-AsyncOperation', events: false },
  { shape: 'Location' },
  { shape: 'both', retryAfter: 0 },
  { shape: 'none' },
];

describe.each(['JavaScript', 'Python'])("Microsoft's client in %s", (language) => {
  test.each(shapes)('creates, changes, reads and deletes a group: %j', async (shape) => {
    await using azure = await startVirtualAzure({ pace: 0.005 });
    azure.world.longRunning = shape;
    await expect(client(language, azure)).resolves.toEqual({
      created: ['Succeeded', 'slipway.eastus.azurecontainer.io'],
      secret: null,
      listed: ['shop'],
      updated: 'shop:2',
      tagged: '2',
      log: 'listening\n',
      again: 'shop:2',
      used: { ContainerGroups: 1, StandardCores: 1 },
      gone: 'ResourceNotFound',
    });
  });
});
