import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RolloutState } from '@slipway/shared/deploy/target';
import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import {
  type Script,
  scripts,
} from '../../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import { Shop, second } from '../../../../packages/local-cloud/test/azure/aci/shop.ts';
import { groupBody } from '../../../../packages/local-cloud/test/azure/arm-client.ts';
import { GroupWatch } from '../../src/rollout/group-state.ts';
import { lastOf } from '../../test/groups.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await Shop.open();
});
afterEach(async () => {
  await shop[Symbol.asyncDispose]();
});

/** The group as Azure answers it now. */
async function read(): Promise<JsonObject | undefined> {
  const { body, status } = await shop.about('GET');
  if (status === 404) return undefined;
  const group = parseJsonAsIs(JSON.stringify(body));
  return isJsonObject(group) ? group : undefined;
}

interface Change {
  body?: ReturnType<typeof groupBody>;
  /** Whether it is looked at on, once it has settled. */
  proves?: boolean;
}

const most = 120;

/** Writes the group, and looks at it each second until there is a verdict. */
async function deploy({ body = groupBody({}, { image: 'shop:2' }), proves = false }: Change = {}) {
  const before = await read();
  const document = parseJsonAsIs(JSON.stringify(body));
  if (!isJsonObject(document)) throw new Error('no document');
  const watch = new GroupWatch({ clock: shop.clock, before, document });
  expect((await shop.put(body)).message).toBe('');
  const said: string[] = [];
  let state: RolloutState = { state: 'progress', text: '' };
  for (let seconds = 0; seconds <= most; seconds += 1) {
    state = watch.look(await read());
    if (state.state === 'failed') return { said, state, seconds };
    if (state.state === 'settled' && !proves) return { said, state, seconds };
    if (state.state === 'progress' && state.text !== said.at(-1)) said.push(state.text);
    shop.clock.pass(second);
  }
  return { said, state, seconds: most };
}

describe('a group of the emulated Azure', () => {
  test('settles after it was created', async () => {
    const { said, state } = await deploy();
    expect(state.state).toBe('settled');
    expect(said.join('\n')).toContain('web: pulling image');
  });

  test('settles after an update, and not by the version before', async () => {
    await shop.create();
    const { seconds, state } = await deploy();
    expect(state.state).toBe('settled');
    expect(seconds).toBeGreaterThanOrEqual(15);
  });

  const livenessProbe = { httpGet: { port: 80 }, periodSeconds: 2, failureThreshold: 2 };
  const failures: ReadonlyArray<readonly [string, Script, string]> = [
    ['its image is not there', scripts.noImage, 'aci/image-pull'],
    ['it crashes', scripts.crash, 'aci/crash-loop'],
    ['it crashes once it was well for a while', scripts.crashLate, 'aci/crash-loop'],
    ['it runs out of memory', scripts.outOfMemory, 'aci/out-of-memory'],
    ['its command is not there', scripts.noCommand, 'aci/start'],
    ['its liveness probe fails', scripts.notLive, 'aci/probe'],
  ];
  test.each(failures)(
    'fails where %s, and the version before comes back',
    async (_, script, code) => {
      const body = groupBody({}, { image: 'shop:2', livenessProbe });
      await shop.create();
      shop.aci.runtime.behave('shop:2', script);
      // It goes on being looked at while it is proven, after it has settled.
      const forward = await deploy({ body, proves: true });
      expect(lastOf([forward.state])).toContain(code);
      shop.clock.pass(15 * second);
      const back = await deploy({ body: groupBody() });
      expect(lastOf([back.state])).toBe('settled');
    },
  );

  test.each(failures)('fails where %s, when it is created', async (_, script, code) => {
    shop.aci.runtime.behave('shop:2', script);
    const body = groupBody({}, { image: 'shop:2', livenessProbe });
    expect(lastOf([(await deploy({ body, proves: true })).state])).toContain(code);
  });

  test('fails within three seconds of what says so', async () => {
    shop.aci.runtime.behave('shop:2', scripts.noImage);
    const { seconds } = await deploy();
    const { events } = shop.aci.world.group('shop').containers[0] ?? {};
    const failed = events?.list().find(({ name }) => name === 'Failed');
    const knownFor = shop.clock.now() - Date.parse(failed?.firstTimestamp ?? '');
    expect(knownFor).toBeLessThanOrEqual(3 * second);
    expect(seconds).toBeLessThan(15);
  });

  test('is not settled while its readiness probe fails', async () => {
    shop.aci.runtime.behave('shop:2', scripts.neverReady);
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 2 };
    const { said, state } = await deploy({
      body: groupBody({}, { image: 'shop:2', readinessProbe }),
    });
    expect(state.state).toBe('progress');
    expect(said.at(-1)).toContain('web is not ready: Readiness probe failed');
  });

  test('fails where its volume cannot be mounted', async () => {
    shop.aci.runtime.failMount('files', 'mount error(13): Permission denied');
    const azureFile = { shareName: 'data', storageAccountName: 'shop', storageAccountKey: 'a2V5' };
    const body = groupBody(
      { volumes: [{ name: 'files', azureFile }] },
      { volumeMounts: [{ name: 'files', mountPath: '/data' }] },
    );
    const { seconds, state } = await deploy({ body });
    expect(lastOf([state])).toMatch(/^aci\/mount: .*permission denied/);
    expect(seconds).toBeLessThan(12);
  });

  test('fails when it goes away', async () => {
    await shop.create();
    const before = await read();
    const watch = new GroupWatch({ clock: shop.clock, before, isKept: true });
    expect(watch.look(before).state).toBe('progress');
    await shop.about('DELETE');
    expect(lastOf([watch.look(await read())])).toMatch(/^aci\/gone/);
  });
});
