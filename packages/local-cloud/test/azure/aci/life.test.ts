import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { groupBody } from '../arm-client.ts';
import { minute, Shop, second } from './shop.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(async () => {
  await shop[Symbol.asyncDispose]();
});

describe("a group that Microsoft's client creates", () => {
  test('is Pending at first and Succeeded once its container has run for a while', async () => {
    const poller = await shop.client.containerGroups.beginCreateOrUpdate('shop', 'shop', {
      location: 'eastus',
      osType: 'Linux',
      containers: [
        {
          name: 'web',
          image: 'shop:1',
          ports: [{ port: 80 }],
          resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
        },
      ],
      ipAddress: { type: 'Public', ports: [{ port: 80 }], dnsNameLabel: 'slipway' },
    });
    await poller.poll();
    expect(poller.isDone()).toBe(false);
    shop.clock.pass(18 * second);
    await poller.poll();
    expect(poller.isDone()).toBe(false);
    shop.clock.pass(second);
    await poller.poll();
    expect(poller.getResult()).toMatchObject({
      provisioningState: 'Succeeded',
      instanceView: { state: 'Running' },
      ipAddress: { ip: '20.0.0.1', fqdn: 'slipway.eastus.azurecontainer.io' },
      containers: [
        {
          name: 'web',
          instanceView: {
            restartCount: 0,
            currentState: { state: 'Running' },
            events: [
              { name: 'Pulling', message: 'pulling image "shop:1"' },
              { name: 'Pulled' },
              { name: 'Created' },
              { name: 'Started' },
            ],
          },
        },
      ],
    });
  });

  test('is there at once, and gone at once when it is deleted', async () => {
    await shop.create();
    const { containerGroups } = shop.client;
    const names = async () => {
      const found = [];
      for await (const { name } of containerGroups.list()) found.push(name);
      return found;
    };
    await expect(names()).resolves.toEqual(['shop']);
    const gone = await containerGroups.beginDeleteAndWait('shop', 'shop');
    expect(gone).toMatchObject({ name: 'shop' });
    await expect(names()).resolves.toEqual([]);
    await expect(shop.group()).rejects.toMatchObject({ code: 'ResourceNotFound', statusCode: 404 });
  });

  test('has the log of its container, once that has printed something', async () => {
    await shop.put();
    const logs = () => shop.client.containers.listLogs('shop', 'shop', 'web');
    await expect(logs()).rejects.toMatchObject({ code: 'ContainerLogNotAvailable' });
    shop.clock.pass(15 * second);
    await expect(logs()).resolves.toMatchObject({ content: null });
    shop.clock.pass(second);
    await expect(logs()).resolves.toMatchObject({ content: 'listening\n' });
  });
});

describe('a container that ends', () => {
  test('is started again at once, then after 10, 20 and 40 seconds', async () => {
    shop.aci.runtime.behave('shop:1', { exit: { after: second, code: 3 } });
    await shop.put();
    const times: number[] = [];
    let last = shop.clock.now();
    for (let restarts = 0; restarts < 4; restarts += 1) {
      shop.live(({ containers: [web] }) => web?.restartCount === restarts + 1);
      times.push((shop.clock.now() - last) / second);
      last = shop.clock.now();
    }
    // The first time includes the place of the group, and each has the second that the container runs.
    expect(times).toEqual([6, 11, 21, 41]);
    shop.clock.pass(second);
    const { containers, provisioningState } = await shop.group();
    expect(provisioningState).toBe('Creating');
    expect(containers[0]?.instanceView).toMatchObject({
      currentState: { state: 'Waiting', detailStatus: expect.stringContaining('CrashLoopBackOff') },
      previousState: { state: 'Terminated', exitCode: 3, detailStatus: 'Error' },
    });
  });

  test('after the operation has succeeded leaves it so', async () => {
    shop.aci.runtime.behave('shop:1', { exit: { after: 20 * second, code: 1 } });
    await shop.create();
    shop.live(({ containers: [web] }) => (web?.restartCount ?? 0) > 2);
    await expect(shop.group()).resolves.toMatchObject({ provisioningState: 'Succeeded' });
  });

  test.each([
    ['Never', 0, 'Succeeded'],
    ['Never', 1, 'Failed'],
    ['OnFailure', 0, 'Succeeded'],
  ])('by the policy %s with code %d leaves the group %s', async (restartPolicy, code, state) => {
    shop.aci.runtime.behave('shop:1', { exit: { after: second, code } });
    await shop.create(groupBody({ restartPolicy }));
    await expect(shop.group()).resolves.toMatchObject({
      provisioningState: 'Succeeded',
      instanceView: { state },
      containers: [
        {
          instanceView: { restartCount: 0, currentState: { state: 'Terminated', exitCode: code } },
        },
      ],
    });
    await expect(shop.put(groupBody({ restartPolicy }))).resolves.toMatchObject({
      code: 'InvalidContainerGroupUpdate',
      message: expect.stringContaining('has terminated'),
    });
  });
});

test('an image that cannot be pulled shows in events long before the operation fails', async () => {
  shop.aci.runtime.behave('shop:1', { pull: second, pullFails: 'not found' });
  await shop.put();
  shop.clock.pass(8 * second);
  const { containers } = await shop.seen(({ containers: [web] }) => web?.instanceView);
  expect(containers[0]?.instanceView?.events).toMatchObject([
    { name: 'Pulling', type: 'Normal' },
    { name: 'Failed', type: 'Warning', message: 'Failed to pull image "shop:1": not found' },
    { name: 'BackOff', type: 'Normal', message: 'Back-off pulling image "shop:1"' },
  ]);
  shop.clock.pass(30 * minute);
  await expect(shop.group()).resolves.toMatchObject({
    provisioningState: 'Failed',
    instanceView: { state: 'Pending' },
  });
});
