import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import type { ArmCall } from '../../../../packages/local-cloud/src/azure/arm/permissions.ts';
import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import permissions from '../../src/api/permissions.json' with { type: 'json' };
import { openWay, versions, ways } from './ways.ts';

/** What becomes of a run without one permission. */
interface Row {
  denied: string;
  way: keyof typeof ways;
  /** Output `reason`; none: the run is green. */
  reason?: string;
  /** What is said, once, of what is done without the permission. */
  so?: RegExp;
  serves: 'old' | 'new' | 'nothing';
  /** Groups that stay beside it, as nothing may delete them. */
  leaves?: string;
}

const groups = 'Microsoft.ContainerInstance/containerGroups';
const locations = 'Microsoft.ContainerInstance/locations';
const denied = 'aci/denied';
const unchanged = { reason: denied, serves: 'old' } as const;
const alone = /So the container group alone tells how it is getting on/;
const rows: readonly Row[] = [
  {
    denied: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    way: 'created',
    reason: denied,
    serves: 'nothing',
  },
  { denied: `${groups}/read`, way: 'plain', ...unchanged },
  { denied: `${groups}/write`, way: 'plain', ...unchanged },
  { denied: `${groups}/write`, way: 'rehearsed', ...unchanged },
  {
    denied: `${groups}/delete`,
    way: 'rehearsed',
    so: /^shop-next was left behind: .* may not \S+\/delete on/,
    leaves: 'shop-next',
    ...unchanged,
  },
  { denied: `${groups}/delete`, way: 'recreated', ...unchanged },
  {
    denied: `${groups}/delete`,
    way: 'runsBefore',
    so: /^run-before: .* could not be deleted and stays: .* may not \S+\/delete on/,
    serves: 'new',
    leaves: 'shop-before',
  },
  {
    denied: `${groups}/delete`,
    way: 'removed',
    reason: 'aci/crash-loop',
    so: /^the rollback failed: .* may not \S+\/delete on/,
    serves: 'nothing',
    leaves: 'shop',
  },
  {
    denied: `${groups}/containers/logs/read`,
    way: 'bad',
    reason: 'aci/crash-loop',
    so: /not found out: .* may not \S+\/logs\/read on/,
    serves: 'old',
  },
  { denied: `${locations}/operations/read`, way: 'plain', so: alone, serves: 'new' },
  { denied: `${locations}/operationResults/read`, way: 'byLocation', so: alone, serves: 'new' },
  {
    denied: `${locations}/usages/read`,
    way: 'plain',
    so: /^The quotas of eastus were not checked: .* may not \S+\/usages\/read on/,
    serves: 'new',
  },
  {
    denied: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    way: 'withIdentity',
    reason: denied,
    serves: 'nothing',
  },
  {
    denied: 'Microsoft.Network/virtualNetworks/subnets/join/action',
    way: 'inSubnet',
    reason: denied,
    serves: 'nothing',
  },
];

describe('a permission that the role lacks', () => {
  const ended = new Map<Row, Ended>();
  beforeAll(async () => {
    const errors = await eachLimited(rows, { limit: 4, whatever: true }, async (row) => {
      ended.set(row, await gone(row));
    });
    expect(errors).toEqual([]);
  }, 300_000);

  it('is one of the list, and each of the list is here', () => {
    // What the registry itself checks is not seen by Resource Manager.
    const listed = permissions.map(({ action }) => action).filter((name) => !/Registry/.test(name));
    expect([...new Set(rows.map((row) => row.denied))].sort()).toEqual(listed.sort());
  });

  it.each(rows)('$denied, $way: $reason, serves $serves', (row) => {
    const one = ended.get(row);
    if (!one) throw new Error('it has not ended');
    const { answers, calls, names, serves, step } = one;
    const [call] = calls.filter(({ verdict }) => verdict === 'denied');
    expect(call?.action.toLowerCase()).toBe(row.denied.toLowerCase());
    expect(step.outputs['reason'] ?? '').toBe(row.reason ?? '');
    expect(step.errors).toHaveLength(row.reason === undefined ? 0 : 1);
    expect(step.code).toBe(row.reason === undefined ? 0 : 1);
    if (row.reason === denied) {
      const { text = '' } = step.errors[0] ?? {};
      expect(text).toMatch(new RegExp(` may not ${row.denied} on /subscriptions/`, 'i'));
    }
    const log = step.log.replace(/^::.*\n/gm, '');
    if (row.so) expect(log.split('\n').filter((line) => row.so?.test(line))).toHaveLength(1);
    if (row.reason === undefined) expect(log).toMatch(/^deployed: .*, proven by http/m);
    expect(serves).toBe(row.serves);
    if (row.serves === 'old') {
      expect(log).toMatch(/ serves the version before \(|was not changed/);
      expect(answers).toContain(versions.old);
    }
    const there = [...(row.serves === 'nothing' ? [] : ['shop']), row.leaves].filter(Boolean);
    expect(names).toEqual(there);
  });
});

interface Ended {
  step: StepResult;
  calls: readonly ArmCall[];
  serves: Row['serves'];
  answers: string;
  names: readonly string[];
}

async function gone({ denied: action, way }: Row): Promise<Ended> {
  await using world = await openWay(way);
  const { permissions: given } = world.azure.azure;
  given.withhold(action);
  const step = await ways[way].run(world);
  const { groups: names } = world;
  const group = world.azure.world.groups().find(({ place }) => place.name === 'shop');
  const runs = group?.body.properties.containers[0]?.properties.image;
  const answer = await fetch(`http://${group?.address}:3000/health`).then(
    (said) => said.text(),
    () => '',
  );
  return {
    step,
    calls: [...given.calls],
    serves:
      runs === versions.old && way !== 'created'
        ? 'old'
        : runs === versions.new
          ? 'new'
          : 'nothing',
    answers: answer,
    names,
  };
}
