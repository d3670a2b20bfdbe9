import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import type { Call } from '../../../../packages/local-cloud/src/aws/permissions.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { openWay, ways } from './ways.ts';

/** What the emulated AWS does not see: the registry itself checks it. */
const ofRegistry = /^ecr:/;
const either = /Service(?:Deployments?|Revisions)$/;
const names = ['good', 'healthy', 'bad', 'tested', 'removed', 'cancelled', 'takenOver'] as const;

describe('the list of permissions', () => {
  const seen: Call[] = [];
  beforeAll(async () => {
    const errors = await eachLimited(names, { limit: 4, whatever: true }, async (name) => {
      await using world = await openWay(name);
      await ways[name].run(world);
      seen.push(...world.aws.permissions.calls);
    });
    expect(errors).toEqual([]);
  }, 120_000);

  it('has what the action calls, and nothing else', () => {
    const listed = permissions.map(({ action }) => action);
    const called = [...new Set(seen.map(({ action }) => action))];
    expect(called.filter((action) => !listed.includes(action))).toEqual([]);
    expect(listed.filter((action) => !ofRegistry.test(action) && !called.includes(action))).toEqual(
      [],
    );
  });

  it.each(permissions.filter(({ action }) => !ofRegistry.test(action)))(
    '$action: is checked against the resources that the list says',
    ({ action, resources }) => {
      const kinds = seen.filter((call) => call.action === action).map(kindOf);
      // AWS's reference is not clear about which of the two it is for a service deployment.
      const wanted = either.test(action) ? resources.slice(1) : resources;
      expect([...new Set(kinds)].sort()).toEqual([...wanted].sort());
    },
  );
});

/** `service` of `arn:aws:ecs:…:service/default/shop`, by the names of the list. */
function kindOf({ resource }: Call): string {
  if (resource === '*') return '*';
  const path = resource.split(':').slice(5).join(':');
  if (path.includes(':log-stream:')) return 'log-stream';
  return path.split('/')[0] ?? '';
}
