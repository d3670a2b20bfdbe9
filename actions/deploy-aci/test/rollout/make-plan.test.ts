import { describe, expect, test } from '@jest/globals';
import type { GroupChange, PreparedGroup } from '../../src/group/prepared-group.ts';
import { makePlan, type PlanInput } from '../../src/rollout/make-plan.ts';

const prepared = (change: GroupChange): PreparedGroup => ({
  document: { properties: {} },
  change,
  diff: change.kind === 'none' ? [] : [{ what: 'image', before: 'one', after: 'two' }],
  container: 'web',
  image: 'shop@sha256:two',
  previousImage: 'shop@sha256:one',
  port: 3_000,
  notes: [],
});
const live = { properties: { provisioningState: 'Succeeded' } };
const document = { properties: { before: true } };
const settings = {
  name: 'shop',
  'resource-group': 'rg',
  strategy: 'in-place' as const,
  'allow-recreate': false,
};
const input = (change: GroupChange, other: Partial<PlanInput> = {}): PlanInput => ({
  settings,
  prepared: prepared(change),
  live,
  restorable: { document, lost: [] },
  running: true,
  run: 'https://github.com/octo/shop/actions/runs/2',
  ...other,
});
const nothing = { live: undefined, restorable: undefined, running: false };
const recreate: GroupChange = { kind: 'recreate', because: ['osType', 'containers[0].cpu'] };

describe('the steps', () => {
  test.each<[string, PlanInput, readonly string[]]>([
    ['nothing changed', input({ kind: 'none' }), ['keep']],
    ['a first deployment', input({ kind: 'create' }, nothing), ['write']],
    ['an update', input({ kind: 'update' }), ['write']],
    [
      'an update that is rehearsed',
      input({ kind: 'update' }, { settings: { ...settings, strategy: 'rehearse' } }),
      ['candidate', 'write'],
    ],
    [
      'a first deployment has nothing to protect by a rehearsal',
      input({ kind: 'create' }, { ...nothing, settings: { ...settings, strategy: 'rehearse' } }),
      ['write'],
    ],
    [
      'nothing changed, so nothing is rehearsed',
      input({ kind: 'none' }, { settings: { ...settings, strategy: 'rehearse' } }),
      ['keep'],
    ],
    [
      'recreate as a strategy',
      input({ kind: 'update' }, { settings: { ...settings, strategy: 'recreate' } }),
      ['recreate'],
    ],
    [
      'recreate because Azure needs it, and it is allowed',
      input(recreate, { settings: { ...settings, 'allow-recreate': true } }),
      ['recreate'],
    ],
    [
      'the same, rehearsed first',
      input(recreate, { settings: { ...settings, strategy: 'rehearse', 'allow-recreate': true } }),
      ['candidate', 'recreate'],
    ],
  ])('%s', (_, given, kinds) => {
    expect(makePlan(given).steps.map(({ kind }) => kind)).toEqual(kinds);
  });

  test.each(['in-place', 'rehearse'] as const)(
    '%s does not delete a group unless that is allowed, and names what asks for it',
    (strategy) => {
      expect(() => makePlan(input(recreate, { settings: { ...settings, strategy } }))).toThrow(
        'Azure cannot change osType, containers[0].cpu of shop in place',
      );
    },
  );
});

describe('where a rollback leads', () => {
  test.each<[string, PlanInput, unknown]>([
    ['back to what runs', input({ kind: 'update' }), { to: 'previous' }],
    ['to nothing where nothing was', input({ kind: 'create' }, nothing), { to: 'nothing' }],
    [
      'nowhere when a secret is known to nobody',
      input({ kind: 'update' }, { restorable: { document, lost: ['TOKEN of web'] } }),
      { to: 'none', why: 'Azure does not give back TOKEN of web, and this run has not got it' },
    ],
    [
      'back to another image that this run has deployed',
      input(
        { kind: 'update' },
        {
          live: {
            tags: {
              'slipway-run': 'https://github.com/octo/shop/actions/runs/2',
              'slipway-image': 'shop@sha256:one',
            },
          },
        },
      ),
      { to: 'previous' },
    ],
    [
      'nowhere when an earlier attempt of this run has written it',
      input(
        { kind: 'none' },
        {
          live: {
            tags: {
              'slipway-run': 'https://github.com/octo/shop/actions/runs/2',
              'slipway-image': 'shop@sha256:two',
            },
          },
        },
      ),
      { to: 'none', why: 'what ran before was replaced by an earlier attempt of this run' },
    ],
  ])('%s', (_, given, rollback) => {
    expect(makePlan(given).rollback).toEqual(rollback);
  });
});

test.each([
  [true, 'previous'],
  [false, 'unknown'],
])('what serves now: all containers run: %s, so %s', (running, serves) => {
  expect(makePlan(input({ kind: 'update' }, { running })).serves).toBe(serves);
});
