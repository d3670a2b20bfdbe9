import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultPace, poll } from '../../src/time/poll.ts';
import { virtualClock } from '../deploy/virtual-clock.ts';

/** Looks until the answer is there after so many looks; gives the times of all looks. */
async function looks(until: number, pace = defaultPace): Promise<number[]> {
  const clock = virtualClock();
  const times: number[] = [];
  await poll(
    clock,
    new AbortController().signal,
    async () => {
      times.push(clock.now());
      return times.length === until ? true : undefined;
    },
    pace,
  );
  return times;
}

describe('poll', () => {
  it('looks at once, and waits for nothing when the answer is there', async () => {
    expect(await looks(1)).toEqual([0]);
  });

  it.each<[value: unknown]>([[0], [''], [false], [null]])(
    'takes %j for an answer',
    async (value) => {
      const clock = virtualClock();
      expect(await poll(clock, new AbortController().signal, async () => value)).toBe(value);
      expect(clock.now()).toBe(0);
    },
  );

  test('pauses grow from the first to the longest, each up to 10 % shorter or longer', async () => {
    const pace = fc.record({
      first: fc.integer({ min: 100, max: 2_000 }),
      most: fc.integer({ min: 2_000, max: 9_000 }),
    });
    await fc.assert(
      fc.asyncProperty(pace, async ({ first, most }) => {
        const times = await looks(15, { first, most });
        let wanted = first;
        for (const [index, time] of times.slice(1).entries()) {
          const pause = time - (times[index] ?? 0);
          expect(pause).toBeGreaterThanOrEqual(wanted * 0.9);
          expect(pause).toBeLessThanOrEqual(wanted * 1.1);
          wanted = Math.min(wanted * 1.3, most);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('spreads many that began at the same time', async () => {
    const second = await Promise.all(Array.from({ length: 20 }, async () => (await looks(2))[1]));
    expect(new Set(second).size).toBeGreaterThan(15);
  });

  it('ends with the reason of the signal, also in the middle of a pause', async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const reason = new Error('cancelled');
    clock.sleep(1_200).then(() => controller.abort(reason));
    await expect(poll(clock, controller.signal, async () => undefined)).rejects.toBe(reason);
    expect(clock.now()).toBe(1_200);
    expect(clock.sleeping()).toBe(0);
  });

  it('does not look at all when it is too late', async () => {
    const look = async () => {
      throw new Error('looked');
    };
    await expect(poll(virtualClock(), AbortSignal.abort('late'), look)).rejects.toBe('late');
  });

  it('ends with what a look throws', async () => {
    const broken = async () => {
      throw new Error('no access');
    };
    await expect(poll(virtualClock(), new AbortController().signal, broken)).rejects.toThrow(
      'no access',
    );
  });
});
