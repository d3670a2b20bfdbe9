/** Waits for several things; when one fails, the signal aborts and the others are waited for. */
export type All = <const T extends readonly unknown[]>(
  work: T,
) => Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;

/**
 * Does things at the same time, under a signal of their own: none of them still runs, or still has a
 * file open, when this rejects.
 * @param parent aborts all of it
 */
export async function together<T>(
  parent: AbortSignal,
  work: (signal: AbortSignal, all: All) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const all: All = async (some) => {
    try {
      return await Promise.all(some);
    } catch (error) {
      own.abort(error);
      await Promise.allSettled(some);
      throw error;
    }
  };
  return work(AbortSignal.any([parent, own.signal]), all);
}
