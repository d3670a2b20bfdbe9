import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LongRunning } from '../../../src/azure/aci/world.ts';
import { minute, Shop, second } from '../../../test/azure/aci/shop.ts';
import { groupBody } from '../../../test/azure/arm-client.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(async () => {
  await shop[Symbol.asyncDispose]();
});

const group = () => shop.aci.world.group('shop');
const startedAt = () => group().containers[0]?.startedAt;

describe('a PUT', () => {
  test('replaces all: what is left out is gone', async () => {
    await shop.create({
      ...groupBody({}, { environmentVariables: [{ name: 'A', value: 'a' }] }),
      tags: { a: '1' },
    });
    await shop.put(groupBody());
    const { containers, tags } = await shop.group();
    expect([tags, containers[0]?.environmentVariables]).toEqual([undefined, undefined]);
  });

  test('that changes nothing restarts all containers and keeps the address', async () => {
    await shop.create();
    const [before, address] = [startedAt(), group().address];
    await expect(shop.put()).resolves.toMatchObject({
      status: 200,
      body: { properties: { provisioningState: 'Updating', ipAddress: { ip: address } } },
    });
    shop.clock.pass(minute);
    await expect(shop.group()).resolves.toMatchObject({ provisioningState: 'Succeeded' });
    expect(startedAt()).toBeGreaterThan(before ?? 0);
    expect(group().address).toBe(address);
  });

  test('of a group that was deleted gives it another address', async () => {
    await shop.create();
    const address = group().address;
    await shop.about('DELETE');
    await shop.create();
    expect((await shop.group()).ipAddress?.ip).not.toBe(address);
  });
});

test('a PATCH of tags restarts nothing', async () => {
  await shop.create();
  const before = startedAt();
  await expect(shop.about('PATCH', { body: { tags: { release: '2' } } })).resolves.toMatchObject({
    status: 200,
    body: { tags: { release: '2' } },
  });
  shop.clock.pass(minute);
  await shop.group();
  expect(startedAt()).toBe(before);
});

test('a group that is stopped runs no more, keeps 1,000 lines of its log, and starts again', async () => {
  const logs = Array.from({ length: 1_500 }, (_, line) => ({ after: second, line: `${line}` }));
  shop.aci.runtime.behave('shop:1', { logs });
  await shop.create();
  await expect(shop.about('POST', { path: '/stop' })).resolves.toMatchObject({ status: 204 });
  shop.clock.pass(minute);
  await expect(shop.group()).resolves.toMatchObject({
    instanceView: { state: 'Stopped' },
    containers: [{ instanceView: { currentState: { state: 'Terminated' } } }],
  });
  const { content } = await shop.client.containers.listLogs('shop', 'shop', 'web');
  expect(content?.split('\n')).toHaveLength(1_001);
  await expect(shop.about('POST', { path: '/start' })).resolves.toMatchObject({ status: 202 });
  shop.clock.pass(minute);
  await expect(shop.group()).resolves.toMatchObject({ instanceView: { state: 'Running' } });
});

test.each([
  ['tail=2', '3\n4\n'],
  ['tail=0', ''],
  ['timestamps=true&tail=1', '2026-01-05T12:00:06.000Z 4\n'],
])('logs with %s', async (query, content) => {
  const logs = [1, 2, 3, 4].map((line) => ({ after: second, line: `${line}` }));
  shop.aci.runtime.behave('shop:1', { logs });
  await shop.create();
  const path = `/containers/web/logs?${query}`;
  await expect(shop.about('GET', { path })).resolves.toMatchObject({ body: { content } });
});

describe('the operation of a PUT', () => {
  const shapes: readonly [
    LongRunning,
    string | undefined,
    string | undefined,
    string | undefined,
  ][] = [
    [{ shape: 'Azure-AsyncOperation' }, 'operations', undefined, undefined],
    [{ shape: 'Location', status: 202, retryAfter: 7 }, undefined, 'operationresults', '7'],
    [{ shape: 'both' }, 'operations', 'operationresults', undefined],
    [{ shape: 'none' }, undefined, undefined, undefined],
  ];
  test.each(shapes)('is told as %j', async (shape, operation, result, retryAfter) => {
    shop.aci.world.longRunning = shape;
    const said = await shop.put();
    const containing = (part: string | undefined) =>
      part === undefined ? undefined : expect.stringContaining(`/locations/eastus/${part}/`);
    expect(said.status).toBe(shape.status ?? 201);
    expect(said.headers['azure-asyncoperation']).toEqual(containing(operation));
    expect(said.headers['location']).toEqual(containing(result));
    expect(said.headers['retry-after']).toBe(retryAfter);
  });

  const poll = async (header: 'azure-asyncoperation' | 'location') => {
    const { headers } = await shop.put();
    const url = new URL(String(headers[header]));
    return () => shop.ask('GET', `${url.pathname}${url.search}`);
  };

  test('is Pending and then Succeeded, with the events of its containers', async () => {
    const ask = await poll('azure-asyncoperation');
    await expect(ask()).resolves.toMatchObject({ status: 200, body: { status: 'Pending' } });
    shop.clock.pass(minute);
    await expect(ask()).resolves.toMatchObject({
      body: {
        status: 'Succeeded',
        properties: {
          events: [
            { name: 'Pulling' },
            { name: 'Pulled' },
            { name: 'Created' },
            { name: 'Started' },
          ],
        },
      },
    });
  });

  test('fails after half an hour with all events in one sentence', async () => {
    shop.aci.runtime.behave('shop:1', { pullFails: 'not found' });
    const ask = await poll('azure-asyncoperation');
    shop.clock.pass(30 * minute);
    const { body } = await ask();
    expect(body).toMatchObject({ status: 'Failed' });
    expect(JSON.stringify(body['error'])).toContain(
      `didn't become successful in '00:30:00'.;pulling image \\"shop:1\\";Failed to pull image`,
    );
  });

  test('fails with what the service finds out only later', async () => {
    const ask = await poll('azure-asyncoperation');
    const error = { code: 'ServiceUnavailable', message: 'no room' };
    group().fail(error);
    await expect(ask()).resolves.toMatchObject({ body: { status: 'Failed', error } });
    await expect(shop.group()).resolves.toMatchObject({ provisioningState: 'Failed' });
  });

  test('at its Location is 202 for as long as it takes, and then the group', async () => {
    shop.aci.world.longRunning = { shape: 'Location' };
    const ask = await poll('location');
    await expect(ask()).resolves.toMatchObject({ status: 202 });
    shop.clock.pass(minute);
    await expect(ask()).resolves.toMatchObject({ status: 200, body: { name: 'shop' } });
  });

  test('at its Location is the error when it failed', async () => {
    shop.aci.world.longRunning = { shape: 'Location' };
    shop.aci.runtime.behave('shop:1', { pullFails: 'not found' });
    const ask = await poll('location');
    shop.clock.pass(31 * minute);
    await expect(ask()).resolves.toMatchObject({ status: 400, code: 'Failed' });
  });

  test('of a DELETE that takes a while ends when the group is gone', async () => {
    await shop.create();
    shop.aci.world.longRunning = { shape: 'Azure-AsyncOperation', deletes: 'later' };
    const { headers, status } = await shop.about('DELETE');
    expect(status).toBe(202);
    await expect(shop.about('GET')).resolves.toMatchObject({
      body: { properties: { provisioningState: 'Deleting' } },
    });
    shop.clock.pass(10 * second);
    const url = new URL(String(headers['azure-asyncoperation']));
    await expect(shop.ask('GET', `${url.pathname}${url.search}`)).resolves.toMatchObject({
      body: { status: 'Succeeded' },
    });
    await expect(shop.about('GET')).resolves.toMatchObject({ status: 404 });
  });

  test('is Canceled by the next one', async () => {
    const ask = await poll('azure-asyncoperation');
    shop.clock.pass(11 * second);
    await shop.put();
    await expect(ask()).resolves.toMatchObject({ body: { status: 'Canceled' } });
  });
});
