import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import type { ArmCall } from '../../../../packages/local-cloud/src/azure/arm/permissions.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { openWay, ways } from './ways.ts';

// infra/azure has its custom role from this list, which `make lint` compares.
const names = [
  'rehearsed',
  'bad',
  'runsBefore',
  'created',
  'withIdentity',
  'inSubnet',
  'byLocation',
] as const;
/** What Resource Manager does not see: the registry itself checks it. */
const listed = permissions.filter(({ action }) => !/Registry/.test(action));

describe('the list of permissions', () => {
  const seen: ArmCall[] = [];
  beforeAll(async () => {
    const errors = await eachLimited(names, { limit: 4, whatever: true }, async (name) => {
      await using world = await openWay(name);
      const { calls } = world.azure.azure.permissions;
      // What a test has made ready is not a call of the action.
      const before = calls.length;
      await ways[name].run(world);
      seen.push(...calls.slice(before));
    });
    expect(errors).toEqual([]);
  }, 300_000);

  it('has what the action calls, and nothing else', () => {
    const called = new Set(seen.map(({ action }) => action.toLowerCase()));
    const all = listed.map(({ action }) => action.toLowerCase());
    expect([...called].sort()).toEqual(all.sort());
  });

  it.each(listed)('$action: is checked where the list says', ({ action, resources }) => {
    const kinds = seen
      .filter((call) => call.action.toLowerCase() === action.toLowerCase())
      .map(({ scope }) => kindOf(scope));
    expect([...new Set(kinds)].sort()).toEqual([...resources].sort());
  });
});

/** Where a role with the action has to be given, by the names of the list. */
function kindOf(scope: string): string {
  if (/\/userAssignedIdentities\//i.test(scope)) return 'identity';
  if (/\/subnets\//i.test(scope)) return 'subnet';
  return /\/resourceGroups\//i.test(scope) ? 'resource-group' : 'subscription';
}
