/** An error, and the one of many items that it happened with. */
export interface ItemError<T> {
  item: T;
  error: unknown;
}

/** How many items are worked on at a time, and whether the first error ends it. */
export interface EachLimit {
  /** At least 1. */
  limit: number;
  /** Go on after an error; otherwise nothing new is started after the first one. */
  whatever: boolean;
}

/**
 * Works on many items, at most `limit` at a time, and waits for everything that was started.
 * @returns the errors, in the order in which they happened
 */
export async function eachLimited<T>(
  items: readonly T[],
  { limit, whatever }: EachLimit,
  work: (item: T) => Promise<void>,
): Promise<Array<ItemError<T>>> {
  const errors: Array<ItemError<T>> = [];
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      await work(item).catch((error: unknown) => errors.push({ item, error }));
      if (errors.length > 0 && !whatever) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return errors;
}
