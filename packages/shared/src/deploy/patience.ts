import type { Clock } from '../time/clock.ts';
import { jittered } from '../time/poll.ts';
import { Throttled } from './target.ts';

/** What a call is repeated for, until its signal aborts. */
export interface RepeatedCall {
  clock: Clock;
  /** Whether the call is repeated after a refusal that is no throttle. */
  again?(error: unknown): boolean;
}

const pause = { first: 500, most: 30_000 };

/**
 * Repeats a call with growing pauses where the platform asks for fewer of them. The time limit of a
 * phase ends that, so a throttled call never is the reason why a deployment fails early.
 */
export async function patiently<Output>(
  call: () => Promise<Output>,
  { clock, again = () => false }: RepeatedCall,
  signal: AbortSignal,
): Promise<Output> {
  for (let wait = pause.first; ; wait = Math.min(wait * 2, pause.most)) {
    try {
      return await call();
    } catch (error) {
      const throttled = error instanceof Throttled;
      if (!throttled && !again(error)) throw error;
      const asked = throttled ? (error.retryAfter ?? 0) : 0;
      await clock.sleep(jittered(Math.max(wait, asked)), signal);
    }
  }
}

/**
 * Work that a cancel does not cut off halfway: what was asked of the platform is answered or not
 * within `grace`, so that a rollback knows what there is to take back.
 * @param o.grace in milliseconds
 */
export async function withGrace<T>(
  { clock, grace }: { clock: Clock; grace: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const done = new AbortController();
  const onAbort = () => {
    clock.sleep(grace, done.signal).then(
      () => over.abort(signal.reason),
      () => undefined,
    );
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(over.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    done.abort();
  }
}
