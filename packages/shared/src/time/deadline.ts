import type { Clock } from './clock.ts';

/** Reason of an abort by {@link deadline}: the time was used up. */
export class TimeoutReached extends Error {
  override readonly name = 'TimeoutReached';
  /** The time that was allowed, in milliseconds. */
  readonly ms: number;

  constructor(ms: number) {
    super(`the time limit of ${ms} ms was reached`);
    this.ms = ms;
  }
}

/**
 * Runs `work` with a signal that aborts after `ms` on the given clock, or when `parent` aborts.
 * The timer never keeps the process alive once the work is done.
 */
export async function deadline<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expiry = new AbortController();
  const done = new AbortController();
  clock.sleep(ms, done.signal).then(
    () => expiry.abort(new TimeoutReached(ms)),
    () => undefined,
  );
  try {
    return await work(parent ? AbortSignal.any([parent, expiry.signal]) : expiry.signal);
  } finally {
    done.abort();
  }
}
