import type { Clock } from '@slipway/shared/time/clock';

/** A clock whose time passes only while everything waits for it, calls over the network too. */
export interface MeteredClock extends Clock {
  /** Time stands still until this is over. */
  busy<T>(work: Promise<T>): Promise<T>;
}

/** Makes a clock that starts at noon of a Monday. */
export function meteredClock(): MeteredClock {
  const sleepers = new Set<{ due: number; wake(): void }>();
  let now = Date.UTC(2026, 0, 5, 12);
  let calls = 0;
  let advancing = false;

  const advance = () => {
    if (advancing || calls > 0 || sleepers.size === 0) return;
    advancing = true;
    setImmediate(() => {
      advancing = false;
      if (calls > 0) return;
      const [next] = [...sleepers].sort((a, b) => a.due - b.due);
      if (!next) return;
      sleepers.delete(next);
      now = Math.max(now, next.due);
      next.wake();
      advance();
    });
  };

  return {
    now: () => now,
    async busy(work) {
      calls += 1;
      try {
        return await work;
      } finally {
        calls -= 1;
        advance();
      }
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          due: now + ms,
          wake() {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        signal?.addEventListener('abort', stop, { once: true });
        sleepers.add(sleeper);
        advance();
      }),
  };
}
