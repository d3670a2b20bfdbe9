import { describe, expect, it } from '@jest/globals';
import { BackOff } from '../../src/time/back-off.ts';
import { jittered } from '../../src/time/poll.ts';

const pace = { first: 2_000, most: 30_000 };

/** The pauses after each of these. */
function pauses(...said: ReadonlyArray<'refused' | 'answered' | number>): number[] {
  const backOff = new BackOff(pace);
  return said.map((one) => {
    if (one === 'answered') backOff.answered();
    else backOff.refused(one === 'refused' ? 0 : one);
    return backOff.pause;
  });
}

const repeated = <T>(times: number, one: T): T[] => Array.from({ length: times }, () => one);

describe('the pause that a platform asks for', () => {
  it('is none while nothing is refused', () => {
    expect(pauses('answered', 'answered')).toEqual([0, 0]);
  });

  it('doubles with each refusal, up to the longest', () => {
    const wanted = [2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    expect(pauses(...repeated(6, 'refused' as const))).toEqual(wanted);
  });

  it('is at least what the platform names, also beyond the longest', () => {
    expect(pauses(5_000, 'refused', 60_000)).toEqual([5_000, 10_000, 60_000]);
  });

  it('shrinks little by little, and is over below the first', () => {
    const all = pauses('refused', 'refused', ...repeated(20, 'answered' as const));
    expect(all.slice(0, 3)).toEqual([2_000, 4_000, 3_800]);
    expect(all.slice(1).every((ms, i) => i === 0 || ms < (all[i] ?? 0) || ms === 0)).toBe(true);
    expect(all.at(-1)).toBe(0);
  });
});

describe('hundreds that share one limit and know nothing of each other', () => {
  it('come to rest near it, and all of them are answered', () => {
    const rate = 20;
    const clients = Array.from({ length: 500 }, () => ({
      backOff: new BackOff(pace),
      due: Math.random() * 1_000,
      answers: 0,
    }));
    let tokens = 50;
    let asked = 0;
    // The last five of fifteen minutes, in steps of 10 ms.
    for (let now = 0; now < 900_000; now += 10) {
      tokens = Math.min(50, tokens + rate / 100);
      for (const client of clients) {
        if (client.due > now) continue;
        const late = now >= 600_000;
        if (late) asked += 1;
        if (tokens >= 1) {
          tokens -= 1;
          client.backOff.answered();
          if (late) client.answers += 1;
        } else {
          client.backOff.refused();
        }
        client.due = now + jittered(Math.max(1_000, client.backOff.pause));
      }
    }
    expect(asked / 300 / rate).toBeLessThan(1.25);
    expect(Math.min(...clients.map(({ answers }) => answers))).toBeGreaterThan(0);
  });
});
