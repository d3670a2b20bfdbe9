import type { Clock } from '../../src/time/clock.ts';

/** A clock whose time passes only while everything waits for it: an hour takes no time at all. */
export interface VirtualClock extends Clock {
  /** How many sleep now. */
  sleeping(): number;
}

/**
 * Makes a clock that starts at 0. Whoever sleeps is woken in the order of time, and of calls where
 * the times are equal; before the next one wakes, everything that the last one set off has come to
 * rest. So a run goes the same way each time.
 */
export function virtualClock(): VirtualClock {
  const sleepers = new Set<{ due: number; wake(): void }>();
  let now = 0;
  let advancing = false;

  // Immediates run when no promise is left to settle: nothing can happen but for time to pass.
  const advance = () => {
    if (advancing || sleepers.size === 0) return;
    advancing = true;
    setImmediate(() => {
      advancing = false;
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
    sleeping: () => sleepers.size,
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
