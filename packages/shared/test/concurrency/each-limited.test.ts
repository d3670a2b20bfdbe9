import { describe, expect, it } from '@jest/globals';
import { eachLimited } from '../../src/concurrency/each-limited.ts';
import { virtualClock } from '../deploy/virtual-clock.ts';

describe('eachLimited', () => {
  it.each([1, 2, 5, 100])('works on at most %i at a time, and on all', async (limit) => {
    const clock = virtualClock();
    const done: number[] = [];
    let [now, most] = [0, 0];
    const errors = await eachLimited(
      [0, 1, 2, 3, 4, 5],
      { limit, whatever: false },
      async (item) => {
        now += 1;
        most = Math.max(most, now);
        await clock.sleep(1_000);
        now -= 1;
        done.push(item);
      },
    );
    expect(errors).toEqual([]);
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBe(Math.min(limit, 6));
  });

  it.each([
    [false, [1, 2, 3]],
    [true, [1, 2, 3, 4, 5]],
  ])('an error of the second (goes on: %s)', async (whatever, expected) => {
    const clock = virtualClock();
    const begun: number[] = [];
    const errors = await eachLimited([1, 2, 3, 4, 5], { limit: 2, whatever }, async (item) => {
      begun.push(item);
      await clock.sleep(item === 2 ? 1_500 : 1_000);
      if (item === 2) throw new Error('two');
    });
    expect(begun).toEqual(expected);
    expect(errors).toMatchObject([{ item: 2, error: { message: 'two' } }]);
  });

  it('has nothing to do for no items', async () => {
    expect(await eachLimited([], { limit: 3, whatever: true }, async () => undefined)).toEqual([]);
  });
});
