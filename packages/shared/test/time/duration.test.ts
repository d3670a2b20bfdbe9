import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/time/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['45s', 45_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['12h10m55s', 43_855_000],
    ['149585s', 149_585_000],
    ['0s', 0],
    ['', undefined],
    ['10', undefined],
    ['10 m', undefined],
    [' 10m', undefined],
    ['10m\n', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
    ['1d', undefined],
    ['10M', undefined],
    ['s', undefined],
    ['1ms', undefined],
    ['１０m', undefined],
    ['99999999999999999h', undefined],
  ])('%j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test('parts add up', () => {
    const part = fc.tuple(fc.nat(10_000), fc.constantFrom('h', 'm', 's'));
    const seconds = { h: 3_600, m: 60, s: 1 };
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const total = parts.reduce((sum, [n, unit]) => sum + n * seconds[unit], 0);
        expect(parseDuration(parts.flat().join(''))).toBe(total * 1_000);
      }),
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [412, '0.4 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [59_000, '59 s'],
    [59_499, '59 s'],
    [59_500, '1 min'],
    [61_000, '1 min 1 s'],
    [185_000, '3 min 5 s'],
    [600_000, '10 min'],
    [3_599_600, '1 h'],
    [3_720_000, '1 h 2 min'],
    [90_000_000, '25 h'],
  ])('%d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
