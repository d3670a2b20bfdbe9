/** Something that went wrong with one of many. */
export interface Mishap<T> {
  item: T;
  error: unknown;
}

/**
 * Works on many items, at most `most` at a time, and waits for everything that was started.
 * @param whole keep going after a mishap; otherwise nothing new is started after the first
 * @returns what went wrong, in the order in which it did
 */
export async function inLanes<T>(
  items: readonly T[],
  most: number,
  whole: boolean,
  work: (item: T) => Promise<void>,
): Promise<Array<Mishap<T>>> {
  const mishaps: Array<Mishap<T>> = [];
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) {
      await work(item).catch((error) => mishaps.push({ item, error }));
      if (mishaps.length > 0 && !whole) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return mishaps;
}
