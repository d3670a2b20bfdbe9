import { expect, test } from '@jest/globals';
import { openLoadBalancing } from '../../src/api/load-balancing.ts';
import { openLogs } from '../../src/api/logs.ts';
import { openEcs } from '../../src/api/open-ecs.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { manifest } from '../../src/manifest.ts';
import { identity } from './aws-endpoint.ts';

const actions = permissions.map(({ action }) => action);

test('every call has its permission, and nothing else of these services is asked for', async () => {
  const clock = { now: () => 0, sleep: async () => undefined };
  const context = { env: {}, fetch, clock, mask: () => undefined };
  const where = { region: 'eu-central-1', identity };
  using ecs = await openEcs(where, context);
  using logs = openLogs(where, context);
  using balancers = openLoadBalancing(where, context);
  const wanted = [
    ...calls('ecs', ecs),
    // Tags are part of other calls; IAM wants a permission of its own for them.
    'ecs:TagResource',
    ...calls('logs', logs),
    ...calls('elasticloadbalancing', balancers),
  ];
  const services = /^(?:ecs|logs|elasticloadbalancing):/;
  expect(actions.filter((action) => services.test(action)).sort()).toEqual(wanted.sort());
});

function calls(prefix: string, api: object): string[] {
  return Object.keys(api)
    .filter((name) => name !== 'region')
    .map((name) => `${prefix}:${name.charAt(0).toUpperCase()}${name.slice(1)}`);
}

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
