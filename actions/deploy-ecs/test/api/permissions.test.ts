import { expect, test } from '@jest/globals';
import { openEcs } from '../../src/api/open-ecs.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { manifest } from '../../src/manifest.ts';
import { identity } from './aws-endpoint.ts';

const actions = permissions.map(({ action }) => action);

test('every call to ECS has its permission, and nothing else of ECS is asked for', async () => {
  const means = { env: {}, fetch, clock: { now: () => 0, sleep: async () => undefined } };
  using ecs = await openEcs(
    { region: 'eu-central-1', identity },
    { ...means, mask: () => undefined },
  );
  const calls = Object.keys(ecs)
    .filter((name) => name !== 'region')
    .map((name) => `ecs:${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  // Tags are part of other calls; IAM wants a permission of its own for them.
  const wanted = [...calls, 'ecs:TagResource'].sort();
  expect(actions.filter((action) => action.startsWith('ecs:')).sort()).toEqual(wanted);
});

test('each permission is there once, and says why', () => {
  expect(new Set(actions).size).toBe(actions.length);
  for (const { action, resources, why } of permissions) {
    expect(action).toMatch(/^[a-z]+:[A-Z]\w+$/);
    expect(why).toMatch(/^to [^.]+$/);
    expect(resources).not.toHaveLength(0);
  }
});

test('inputs that need a permission exist', () => {
  const named = permissions.flatMap(({ inputs = [] }) => inputs);
  expect(Object.keys(manifest.inputs)).toEqual(expect.arrayContaining(named));
});
