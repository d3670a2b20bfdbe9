import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leadsTo, notTaken, withoutCanary, withShare } from '../../src/canary/route-weights.ts';

const pair = { service: 'shop', canary: 'shop-canary' };
const route = (...refs: object[]) => ({
  spec: { rules: [{ backendRefs: refs.map((ref) => ({ ...ref })) }] },
});

describe('the share of a canary', () => {
  it('is taken from the Service beside it', () => {
    expect(withShare(route({ name: 'shop', port: 80 }), pair, 10)).toEqual(
      route({ name: 'shop', port: 80, weight: 90 }, { name: 'shop-canary', port: 80, weight: 10 }),
    );
  });

  it('leaves the share of other backends as it was', () => {
    const other = { name: 'old', port: 80, weight: 1 };
    expect(withShare(route({ name: 'shop', weight: 3 }, other), pair, 50)).toEqual(
      route(
        { name: 'shop', weight: 150 },
        { name: 'shop-canary', weight: 150 },
        { name: 'old', port: 80, weight: 100 },
      ),
    );
  });

  it('is not given in a rule that leads elsewhere, or to another kind or namespace', () => {
    for (const ref of [
      { name: 'api' },
      { name: 'shop', kind: 'Other' },
      { name: 'shop', namespace: 'x' },
    ]) {
      expect(withShare(route(ref), pair, 10)).toEqual(route(ref));
      expect(leadsTo(route(ref), 'shop')).toBe(false);
    }
    expect(leadsTo(route({ name: 'shop' }), 'shop')).toBe(true);
  });

  it('is given back exactly, after any number of shares', () => {
    const weight = fc.integer({ min: 0, max: 1_000 });
    const shares = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(weight, weight, shares, (own, other, percents) => {
        const before = route({ name: 'shop', weight: own }, { name: 'api', weight: other });
        const shifted = percents.reduce(
          (now: Parameters<typeof withShare>[0], percent) => withShare(now, pair, percent),
          before,
        );
        expect(withoutCanary(shifted, pair)).toEqual(before);
      }),
    );
  });
});

describe('a route', () => {
  const parent = (status: string, observedGeneration = 2) => ({
    conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({
      type,
      status,
      observedGeneration,
      reason: 'BackendNotFound',
      message: 'no such Service',
    })),
  });

  it.each([
    ['is taken by every gateway', [parent('True'), parent('True')], undefined],
    ['is taken by none', [], 'no gateway has taken the route'],
    ['was not looked at yet', [parent('True', 1)], 'the gateway has not looked at the route yet'],
    [
      'is refused by one',
      [parent('True'), parent('False')],
      'the gateway does not take the route: BackendNotFound, no such Service',
    ],
  ])('%s', (_, parents, why) => {
    expect(notTaken({ metadata: { generation: 2 }, status: { parents } })).toBe(why);
  });
});
