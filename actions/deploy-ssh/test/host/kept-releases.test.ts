import { describe, expect, it } from '@jest/globals';
import { type KeptRelease, releaseToRollBackTo } from '../../src/host/kept-releases.ts';
import { type ReleaseId, releaseId } from '../../src/host/release-id.ts';
import { hostAddress } from '../../src/ssh/address.ts';

const host = hostAddress.parse('deploy@web-1');
const named = (index: number) => releaseId(Date.UTC(2026, 10, 21) + index, '0123456');
const kept = ['a', 'b', 'b', 'c'].map((content, index) => ({
  id: named(index),
  image: `app@sha256:${content}`,
  content,
}));

describe('rollback by hand', () => {
  it.each<[ReleaseId | 'previous', number, number]>([
    ['previous', 3, 2],
    ['previous', 2, 0],
    ['previous', 1, 0],
    [named(0), 3, 0],
    [named(3), 0, 3],
  ])('to %s from release %d is to release %d', (wanted, current, chosen) => {
    expect(releaseToRollBackTo(wanted, named(current), kept, host)).toBe(kept[chosen]);
  });

  it('goes to the last proven one from one that never was', () => {
    expect(releaseToRollBackTo('previous', named(9), kept, host)).toBe(kept[3]);
  });

  it.each<[ReleaseId | 'previous', ReleaseId | undefined, KeptRelease[]]>([
    ['previous', named(0), kept],
    ['previous', undefined, kept],
    [named(7), named(3), kept],
    ['previous', named(0), []],
  ])('to %s from %s is refused, with what is kept', (wanted, current, some) => {
    expect(() => releaseToRollBackTo(wanted, current, some, host)).toThrow(
      some.length > 0 ? `it keeps: ${named(0)}` : 'it keeps: none',
    );
  });
});
