import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { scripts } from '../../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import { Shop } from '../../../../packages/local-cloud/test/azure/aci/shop.ts';
import { groupBody } from '../../../../packages/local-cloud/test/azure/arm-client.ts';
import { RunBefore } from '../../src/run-before/run-before.ts';
import { fakeAci } from '../../test/fake-aci.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(async () => {
  await shop[Symbol.asyncDispose]();
});

const operation = { url: undefined, retryAfter: undefined };
const document = (value: unknown): JsonObject => {
  const read = parseJsonAsIs(JSON.stringify(value));
  return isJsonObject(read) ? read : {};
};

/** Runs a command before an update in the emulated Azure. */
function started() {
  const said: string[] = [];
  const api = fakeAci({
    getGroup: async ({ name }) => {
      const { body, status } = await shop.about('GET', { name });
      return status === 404 ? undefined : document(body);
    },
    putGroup: async ({ document: body, name }) => {
      const { message } = await shop.put(body, name);
      expect(message).toBe('');
      return { group: {}, operation };
    },
    deleteGroup: async ({ name }) => {
      await shop.about('DELETE', { name });
      return operation;
    },
    logLines: async ({ container, name }) => {
      const path = `/containers/${container}/logs`;
      const { content } = (await shop.about('GET', { name, path })).body;
      return typeof content === 'string' ? content.split('\n').slice(0, -1) : [];
    },
  });
  const clock = {
    now: () => shop.clock.now(),
    // Limits of single calls are not reached here.
    sleep: (ms: number) =>
      ms >= 3_000 ? new Promise<void>(() => undefined) : shop.clock.sleep(ms),
  };
  const commands = {
    info: (line: string) => void said.push(line),
    quote: (line: string) => void said.push(`| ${line}`),
  };
  const name = { resourceGroup: 'shop', name: 'shop' };
  const task = new RunBefore({ name, command: ['migrate'] }, { api, clock, commands });
  const prepared = { container: 'web', document: document(groupBody({}, { image: 'shop:2' })) };
  const run = () => task.run(prepared, new AbortController().signal);
  return { run, said };
}

const groups = () => shop.aci.world.groups().map(({ place }) => place.name);

test('a command that ends well beside the group that serves, which stays as it is', async () => {
  await shop.create();
  shop.aci.runtime.behave('shop:2', scripts.task);
  const { run, said } = started();
  await run();
  expect(said).toContain('| done');
  expect(said.at(-1)).toBe('run-before: done');
  expect(groups()).toEqual(['shop']);
});

test('a command that fails is told by its exit code, and leaves nothing behind', async () => {
  shop.aci.runtime.behave('shop:2', scripts.crash);
  const { run, said } = started();
  await expect(run()).rejects.toMatchObject({
    code: 'aci/run-before',
    message: expect.stringContaining('web ended with code 1 '),
  });
  expect(said).toContain('| Error: DATABASE_URL is not set');
  expect(groups()).toEqual([]);
});

test('an image that is not there ends it at once', async () => {
  shop.aci.runtime.behave('shop:2', scripts.noImage);
  await expect(started().run()).rejects.toMatchObject({ code: 'aci/image-pull' });
  expect(groups()).toEqual([]);
});
