import { describe, expect, it } from '@jest/globals';
import { formatDuration, parseDuration } from '../src/time/duration.ts';

describe('parseDuration', () => {
  it.each([
    ['45s', 45_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
    ['', undefined],
    ['10', undefined],
    ['10 m', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
    ['1d', undefined],
    ['99999999999999999h', undefined],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [412, '0.4 s'],
    [9_960, '10 s'],
    [59_000, '59 s'],
    [185_000, '3 min 5 s'],
    [600_000, '10 min'],
    [3_720_000, '1 h 2 min'],
  ])('%d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
