import { expect, test } from '@jest/globals';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { manifest } from '../../src/manifest.ts';
import { aciThatSays, refusal, shop } from './arm-endpoint.ts';

const actions = permissions.map(({ action }) => action);

test('every call has its permission, by the name that a refusal tells', async () => {
  const { signal } = new AbortController();
  const { api } = await aciThatSays([refusal(403, 'AuthorizationFailed', '')]);
  const operation = { url: 'https://management.azure.com/x', retryAfter: undefined };
  const calls = [
    api.locationOf('shop', signal),
    api.getGroup(shop, signal),
    api.putGroup({ ...shop, document: {} }, signal),
    api.deleteGroup(shop, signal),
    api.operationState(operation, signal),
    api.logLines({ ...shop, container: 'web', most: 1 }, signal),
    api.usages('eastus', signal),
  ];
  expect(calls).toHaveLength(Object.keys(api).length - 1);
  const told = await Promise.all(
    calls.map((call) =>
      call.then(
        () => '',
        (error: unknown) => / may not (\S+) on /.exec(String(error))?.[1] ?? '',
      ),
    ),
  );
  expect(actions).toEqual(expect.arrayContaining(told));
});

test('each permission is there once, and says why', () => {
  expect(new Set(actions).size).toBe(actions.length);
  for (const { action, resources, why } of permissions) {
    expect(action).toMatch(/^Microsoft\.\w+(?:\/\w+)+\/(?:read|write|delete|action)$/);
    expect(why).toMatch(/^to [^.]+$/);
    expect(resources).not.toHaveLength(0);
  }
});

test('inputs that need a permission exist', () => {
  const named = permissions.flatMap(({ inputs = [] }) => inputs);
  expect(Object.keys(manifest.inputs)).toEqual(expect.arrayContaining(named));
});
