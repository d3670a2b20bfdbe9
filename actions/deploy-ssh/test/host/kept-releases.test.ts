import { describe, expect, it } from '@jest/globals';
import { hostAddress } from '../../src/host/address.ts';
import { releaseToGoBackTo } from '../../src/host/kept-releases.ts';

const host = hostAddress.parse('deploy@web-1');
const kept = ['a', 'b', 'b', 'c'].map((content, index) => ({
  id: `20261121-00000000${index}-0123456`,
  image: `app@sha256:${content}`,
  content,
}));
const id = (index: number) => kept[index]?.id ?? '';

describe('going back', () => {
  it.each([
    ['previous', 3, 2],
    ['previous', 2, 0],
    ['previous', 1, 0],
    [id(0), 3, 0],
    [id(3), 0, 3],
  ])('to %s from release %d is to release %d', (wanted, current, chosen) => {
    expect(releaseToGoBackTo(wanted, id(current), kept, host)).toBe(kept[chosen]);
  });

  it('goes to the last proven one from one that never was', () => {
    expect(releaseToGoBackTo('previous', '20261121-000000009-0123456', kept, host)).toBe(kept[3]);
  });

  it.each([
    ['previous', id(0), kept],
    ['previous', '', kept],
    ['20261121-000000007-0123456', id(3), kept],
    ['previous', id(0), []],
  ])('to %s from %s is refused, with what is kept', (wanted, current, some) => {
    expect(() => releaseToGoBackTo(wanted, current, some, host)).toThrow(
      some.length > 0 ? `it keeps: ${id(0)}` : 'it keeps: none',
    );
  });
});
