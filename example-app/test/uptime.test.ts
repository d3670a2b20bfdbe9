import { expect, it } from '@jest/globals';
import { formatUptime } from '../src/uptime.ts';

it.each([
  [0, '0s'],
  [59, '59s'],
  [3600, '1h 0s'],
  [93_784, '1d 2h 3m 4s'],
  [31_536_000, '365d 0s'],
])('writes %i seconds as %s', (seconds, text) => {
  expect(formatUptime(seconds)).toBe(text);
});
