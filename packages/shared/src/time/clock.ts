import { setTimeout as delay } from 'node:timers/promises';

/** Time as the logic sees it, so that tests can run it by hand. All figures are milliseconds. */
export interface Clock {
  /** Wall-clock time since the Unix epoch. */
  now(): number;
  /** Waits `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
