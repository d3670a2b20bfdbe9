import { describe, expect, it } from '@jest/globals';
import { Silence } from '../../src/deploy/silence.ts';
import type { RolloutState } from '../../src/deploy/target.ts';
import { formatDuration } from '../../src/time/duration.ts';
import { virtualClock } from './virtual-clock.ts';

const { signal } = new AbortController();
const silent = new Error('no answer');
const settled: RolloutState = { state: 'settled' };

function world() {
  const clock = virtualClock();
  const silence = new Silence(clock, (error) => error === silent);
  const unanswered = () => silence.bear(() => Promise.reject(silent), signal);
  const answered = () => silence.bear(async () => settled, signal);
  return { answered, clock, silence, unanswered };
}

describe('a platform that gives no usable answer', () => {
  it('is waited for, and it is said for how long', async () => {
    const { answered, clock, unanswered } = world();
    expect(await unanswered()).toEqual({ state: 'progress', text: 'for 0.0 s: no answer' });
    await clock.sleep(90_000);
    expect(await unanswered()).toMatchObject({ text: `for ${formatDuration(90_000)}: no answer` });
    expect(await answered()).toBe(settled);
  });

  it('is a failure after two minutes in a row', async () => {
    const { clock, unanswered } = world();
    await unanswered();
    await clock.sleep(121_000);
    await expect(unanswered()).rejects.toBe(silent);
  });

  it('gets its two minutes anew with each answer', async () => {
    const { answered, clock, unanswered } = world();
    await unanswered();
    await clock.sleep(100_000);
    await answered();
    await clock.sleep(100_000);
    await expect(unanswered()).resolves.toMatchObject({ state: 'progress' });
  });

  it('is not waited for where something else is wrong, or the run is over', async () => {
    const { silence } = world();
    const wrong = new Error('it crashed');
    await expect(silence.bear(() => Promise.reject(wrong), signal)).rejects.toBe(wrong);
    const over = AbortSignal.abort(new Error('cancelled'));
    await expect(silence.bear(() => Promise.reject(silent), over)).rejects.toBe(silent);
  });
});
