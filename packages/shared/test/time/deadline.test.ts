import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/time/clock.ts';
import { deadline, TimeoutReached } from '../../src/time/deadline.ts';
import { virtualClock } from '../deploy/virtual-clock.ts';

/** Work that ends when it is stopped, with the reason. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('deadline', () => {
  it('gives the result of work that is in time, and leaves no timer', async () => {
    const clock = virtualClock();
    const work = async (signal: AbortSignal) => {
      await clock.sleep(999, signal);
      return 'done';
    };
    expect(await deadline(clock, 1_000, undefined, work)).toBe('done');
    expect(clock.now()).toBe(999);
    expect(clock.sleeping()).toBe(0);
  });

  it('leaves no timer after a failure', async () => {
    const clock = virtualClock();
    const broken = async () => {
      throw new Error('broken');
    };
    await expect(deadline(clock, 1_000, undefined, broken)).rejects.toThrow('broken');
    expect(clock.sleeping()).toBe(0);
  });

  it('stops work when the time is up, and says how much it was', async () => {
    const clock = virtualClock();
    const end = await deadline(clock, 1_000, undefined, endless).catch((error: unknown) => error);
    expect(end).toBeInstanceOf(TimeoutReached);
    expect(end).toMatchObject({ ms: 1_000, message: 'the time limit of 1000 ms was reached' });
    expect(clock.now()).toBe(1_000);
  });

  it('waits for work that takes its time to stop', async () => {
    const clock = virtualClock();
    const slow = async (signal: AbortSignal) => {
      await endless(signal).catch(() => undefined);
      await clock.sleep(300);
      return 'stopped';
    };
    expect(await deadline(clock, 1_000, undefined, slow)).toBe('stopped');
    expect(clock.now()).toBe(1_300);
  });

  it('stops work when the one above stops, with its reason', async () => {
    const clock = virtualClock();
    const parent = new AbortController();
    clock.sleep(400).then(() => parent.abort('cancelled'));
    await expect(deadline(clock, 1_000, parent.signal, endless)).rejects.toBe('cancelled');
    expect(clock.now()).toBe(400);
    expect(clock.sleeping()).toBe(0);
  });

  it('tells two limits apart, one within the other', async () => {
    const clock = virtualClock();
    const inner = (signal: AbortSignal) => deadline(clock, 5_000, signal, endless);
    await expect(deadline(clock, 2_000, undefined, inner)).rejects.toMatchObject({ ms: 2_000 });
    const outer = (signal: AbortSignal) => deadline(clock, 500, signal, endless);
    await expect(deadline(clock, 2_000, undefined, outer)).rejects.toMatchObject({ ms: 500 });
    expect(clock.sleeping()).toBe(0);
  });
});

describe('the clock of this machine', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

  it('leaves no timer that would keep the process alive', async () => {
    const before = timers();
    await deadline(systemClock, 3_600_000, undefined, async () => 'done');
    expect(timers()).toBe(before);
  });

  it('wakes with the reason of the signal', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(3_600_000, controller.signal);
    controller.abort('cancelled');
    await expect(sleep).rejects.toBe('cancelled');
    await expect(systemClock.sleep(1, AbortSignal.abort('late'))).rejects.toBe('late');
  });

  it('tells the time', async () => {
    const before = Date.now();
    await systemClock.sleep(1);
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });
});
