import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { minute, Shop, second } from '../../../test/azure/aci/shop.ts';
import { groupBody } from '../../../test/azure/arm-client.ts';

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

describe('a container with probes', () => {
  const httpGet = { path: '/health', port: 80 };

  test('is restarted when its liveness probe failed three times', async () => {
    shop.aci.runtime.behave('shop:1', { live: 5 * second });
    await shop.put(groupBody({}, { livenessProbe: { httpGet, periodSeconds: 2 } }));
    shop.live(({ containers: [web] }) => (web?.restartCount ?? 0) > 0);
    const { containers } = await shop.seen(({ containers: [web] }) => web?.instanceView);
    expect(containers[0]?.instanceView).toMatchObject({
      previousState: { state: 'Terminated', exitCode: 0 },
      events: expect.arrayContaining([
        expect.objectContaining({ name: 'Unhealthy', type: 'Warning', count: 3 }),
        expect.objectContaining({
          name: 'Killing',
          message: 'Container web failed liveness probe, will be restarted',
        }),
      ]),
    });
  });

  test('takes no traffic before it is ready, which the operation does not wait for', async () => {
    shop.aci.runtime.behave('shop:1', { ready: 'never' });
    await shop.create(groupBody({}, { readinessProbe: { httpGet } }));
    await expect(shop.group()).resolves.toMatchObject({ provisioningState: 'Succeeded' });
    expect(shop.aci.runtime.serving()).toEqual([]);
  });

  test('takes traffic once it is', async () => {
    shop.aci.runtime.behave('shop:1', { ready: minute });
    await shop.create(groupBody({}, { readinessProbe: { httpGet } }));
    expect(shop.aci.runtime.serving()).toEqual([]);
    shop.clock.pass(2 * minute);
    await shop.group();
    expect(shop.aci.runtime.serving()).toEqual(['shop/web']);
  });
});

describe('init containers', () => {
  const init = (image: string) => ({
    initContainers: [{ name: 'migrate', properties: { image } }],
  });

  test('end before the others begin', async () => {
    shop.aci.runtime.behave('migrate:1', { exit: { after: 20 * second, code: 0 } });
    await shop.put(groupBody(init('migrate:1')));
    shop.clock.pass(20 * second);
    await expect(shop.seen(({ instanceView }) => instanceView)).resolves.toMatchObject({
      instanceView: { state: 'Pending' },
    });
    shop.clock.pass(minute);
    await expect(shop.group()).resolves.toMatchObject({
      provisioningState: 'Succeeded',
      initContainers: [{ instanceView: { currentState: { state: 'Terminated', exitCode: 0 } } }],
    });
  });

  test('that fail are started again, and end a group that starts nothing again', async () => {
    shop.aci.runtime.behave('migrate:1', { exit: { after: second, code: 1 } });
    await shop.put(groupBody({ ...init('migrate:1'), restartPolicy: 'Never' }));
    shop.clock.pass(minute);
    const found = await shop.group();
    expect(found).toMatchObject({ provisioningState: 'Failed', instanceView: { state: 'Failed' } });
    expect(found.containers[0]?.instanceView?.events).toEqual([]);
  });
});

test('a volume that cannot be mounted is an event of the group, of type Normal', async () => {
  shop.aci.runtime.failMount('files', 'mount error(2): Permission denied');
  const azureFile = { shareName: 's', storageAccountName: 'a', storageAccountKey: 'k' };
  await shop.put(groupBody({ volumes: [{ name: 'files', azureFile }] }));
  shop.clock.pass(31 * minute);
  const found = await shop.seen(
    ({ containers: [web], instanceView }) => instanceView && web?.instanceView?.currentState,
  );
  expect(found).toMatchObject({
    provisioningState: 'Failed',
    instanceView: {
      state: 'Pending',
      events: [
        {
          name: 'FailedMount',
          type: 'Normal',
          message: expect.stringContaining('Permission denied'),
        },
      ],
    },
    containers: [{ instanceView: { currentState: { state: 'Waiting' } } }],
  });
});

test('a share without its key, as a GET shows it, cannot be mounted', async () => {
  const azureFile = { shareName: 's', storageAccountName: 'a' };
  await shop.put(groupBody({ volumes: [{ name: 'files', azureFile }] }));
  shop.clock.pass(20 * second);
  const { instanceView } = await shop.seen((found) => found.instanceView);
  expect(instanceView?.events).toMatchObject([
    { name: 'FailedMount', message: expect.stringContaining('mount error(13): Permission denied') },
  ]);
});

test('a container that takes too much memory ends with 137 and says why', async () => {
  shop.aci.runtime.behave('shop:1', { exit: { after: second, code: 137, reason: 'OOMKilled' } });
  await shop.create(groupBody({ restartPolicy: 'Never' }));
  const { containers } = await shop.group();
  expect(containers[0]?.instanceView?.currentState).toMatchObject({
    exitCode: 137,
    detailStatus: 'OOMKilled',
  });
});

test('a container that cannot be started waits with the reason', async () => {
  shop.aci.runtime.behave('shop:1', { startFails: 'exec: "serve": not found' });
  await shop.put();
  shop.clock.pass(20 * second);
  const { containers } = await shop.seen(
    ({ containers: [web] }) => web?.instanceView?.currentState,
  );
  expect(containers[0]?.instanceView?.currentState).toMatchObject({
    state: 'Waiting',
    detailStatus: 'CreateContainerError: exec: "serve": not found',
  });
});

test('while a group is young, what is optional is left out of some answers', async () => {
  await shop.put();
  const seen = [];
  for (let looks = 0; looks < 8; looks += 1) {
    const { containers, instanceView, ipAddress } = await shop.group();
    seen.push([!!containers[0]?.instanceView, !!instanceView, ipAddress?.ip ?? '', !!ipAddress]);
  }
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBeGreaterThan(2);
  expect(seen.map(([, , ip]) => ip)).toContain('0.0.0.0');
});
