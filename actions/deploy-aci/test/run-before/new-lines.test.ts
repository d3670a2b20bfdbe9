import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linearTime, threadTime } from '../../../../packages/local-cloud/src/linear-time.ts';
import { newLines } from '../../src/run-before/new-lines.ts';

describe('the new lines of a log that is given whole', () => {
  test.each([
    ['all of the first look', [], ['a', 'b'], ['a', 'b']],
    ['those behind what was there', ['a', 'b'], ['a', 'b', 'c'], ['c']],
    ['none where nothing came', ['a', 'b'], ['a', 'b'], []],
    ['those behind what is left of what was there', ['a', 'b', 'c'], ['b', 'c', 'd'], ['d']],
    ['all where nothing is left of it', ['a', 'b'], ['c', 'd'], ['c', 'd']],
    ['a line that was half there, whole', ['a', 'wor'], ['a', 'working', 'b'], ['working', 'b']],
    ['one half line, whole', ['wor'], ['working'], ['working']],
    ['the same line again', ['a', 'a'], ['a', 'a', 'a'], ['a']],
    ['all of a log that began again', ['a', 'b', 'c'], ['a'], ['a']],
  ])('are %s', (_, seen, now, fresh) => {
    expect(newLines(seen, now)).toEqual(fresh);
  });

  test('are each line once, in order, whatever a log has and however often it is looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 10 }),
        (numbers, steps) => {
          const log = numbers.map((number, index) => `${index} ${number}`);
          const shown: string[] = [];
          let seen: readonly string[] = [];
          let end = 0;
          for (const step of [...steps, log.length]) {
            end = Math.min(log.length, end + Math.min(step, 20));
            const now = log.slice(Math.max(0, end - 25), end);
            if (now.length === 0) continue;
            shown.push(...newLines(seen, now));
            seen = now;
          }
          expect(shown).toEqual(log.slice(0, end));
        },
      ),
    );
  });

  test('are found in one pass, though all lines are alike', () => {
    const alike = Array<string>(100_000).fill('.');
    const almost = [...alike.slice(0, -1), 'x'];
    expect(threadTime(() => newLines(almost, alike))).toBeLessThan(linearTime(500_000));
    expect(threadTime(() => newLines(alike, almost))).toBeLessThan(linearTime(500_000));
  });
});
