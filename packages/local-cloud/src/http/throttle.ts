/** Actions that share one bucket of tokens, of which each request takes one. */
export interface Bucket {
  actions: readonly string[];
  /** Requests that may come at once. */
  burst: number;
  /** Requests a second that may come for ever. */
  rate: number;
}

/**
 * Whether a request still has a token. Every account has its own buckets in every region.
 * @param now milliseconds since the epoch
 */
export function throttle(
  buckets: readonly Bucket[],
  now: () => number,
): (account: string, region: string, action: string) => boolean {
  const levels = new Map<string, { tokens: number; at: number }>();
  return (account, region, action) => {
    const index = buckets.findIndex(({ actions }) => actions.includes(action));
    const bucket = buckets[index];
    if (!bucket) return true;
    const time = now();
    const key = `${account} ${region} ${index}`;
    const { at, tokens: left } = levels.get(key) ?? { at: time, tokens: bucket.burst };
    const refilled = left + (Math.max(0, time - at) / 1_000) * bucket.rate;
    const tokens = Math.min(bucket.burst, refilled);
    levels.set(key, { at: time, tokens: tokens < 1 ? tokens : tokens - 1 });
    return tokens >= 1;
  };
}
