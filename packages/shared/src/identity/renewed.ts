import type { Clock } from '../time/clock.ts';

/** Something that proves an identity for a while. */
export interface Passing<T> {
  clock: Clock;
  /** When it ends, in milliseconds on the clock; undefined where it does not, or nobody knows. */
  endOf(held: T): number | undefined;
  get(): Promise<T>;
  /** Renewed so long before the end, in milliseconds; five minutes when not given. */
  before?: number;
}

/** Gives what proves the identity now. */
export interface Renewed<T> {
  (): Promise<T>;
  /** Whoever this one was shown to calls it ended, whatever the clock here says: the next is new. */
  ended(one: T): void;
}

const usuallyBefore = 5 * 60_000;
/** Pause after a renewal that failed while the old one is still good, in milliseconds. */
const tryAgainAfter = 30_000;

/**
 * Got with the first call, and again some minutes before it ends. Calls at the same time share one
 * request. A renewal that fails does no harm while the old one lasts.
 */
export function renewed<T>({ clock, endOf, get, before = usuallyBefore }: Passing<T>): Renewed<T> {
  let held: { is: T } | undefined;
  let asked: Promise<T> | undefined;
  let notBefore = 0;
  const left = (one: T) => (endOf(one) ?? Number.POSITIVE_INFINITY) - clock.now();
  const give = async () => {
    if (held && left(held.is) > before) return held.is;
    if (held && left(held.is) > 0 && clock.now() < notBefore) return held.is;
    asked ??= get().finally(() => {
      asked = undefined;
    });
    try {
      held = { is: await asked };
    } catch (error) {
      notBefore = clock.now() + tryAgainAfter;
      if (!held || left(held.is) <= 0) throw error;
    }
    return held.is;
  };
  const ended = (one: T) => {
    if (held?.is === one) held = undefined;
  };
  return Object.assign(give, { ended });
}
