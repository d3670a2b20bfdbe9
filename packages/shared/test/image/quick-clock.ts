import { requestLimit } from '../../src/http/exchange.ts';
import { blobLimit } from '../../src/image/content.ts';
import type { Clock } from '../../src/time/clock.ts';

/** A clock on which pauses pass at once and are written down; only the limit of a request waits. */
export interface QuickClock extends Clock {
  pauses: number[];
  /** Lets the limit of every request that is under way pass. */
  expire(): void;
}

export function quickClock(start = Date.UTC(2026, 0, 1)): QuickClock {
  const pauses: number[] = [];
  let passed = 0;
  let expire = new AbortController();
  return {
    pauses,
    now: () => start + passed,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      if (ms !== requestLimit && ms !== blobLimit) {
        pauses.push(ms);
        passed += ms;
        return;
      }
      const expiry = expire.signal;
      await new Promise<void>((resolve, reject) => {
        expiry.addEventListener('abort', () => resolve(), { once: true });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    },
    expire() {
      passed += requestLimit;
      const last = expire;
      expire = new AbortController();
      last.abort();
    },
  };
}
