import { ArmError } from './arm-error.ts';

/** Requests of one kind: how many may come in a time. */
interface Window {
  kinds: readonly Kind[];
  header: string;
  limit: number;
  /** Milliseconds. */
  time: number;
}

export type Kind = 'reads' | 'writes' | 'deletes' | 'creations' | 'removals';

const minute = 60_000;

/**
 * Limits of Resource Manager for a subscription, and those of ACI on top.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 * and https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits
 */
const windows: readonly Window[] = [
  {
    kinds: ['reads'],
    header: 'x-ms-ratelimit-remaining-subscription-reads',
    limit: 12_000,
    time: 60 * minute,
  },
  {
    kinds: ['writes', 'creations'],
    header: 'x-ms-ratelimit-remaining-subscription-writes',
    limit: 1_200,
    time: 60 * minute,
  },
  {
    kinds: ['deletes', 'removals'],
    header: 'x-ms-ratelimit-remaining-subscription-deletes',
    limit: 15_000,
    time: 60 * minute,
  },
  {
    kinds: ['creations'],
    header: 'x-ms-ratelimit-remaining-subscription-resource-requests-pt5m',
    limit: 100,
    time: 5 * minute,
  },
  {
    kinds: ['creations'],
    header: 'x-ms-ratelimit-remaining-subscription-resource-requests-pt1h',
    limit: 300,
    time: 60 * minute,
  },
  {
    kinds: ['removals'],
    header: 'x-ms-ratelimit-remaining-subscription-resource-requests-pt5m',
    limit: 100,
    time: 5 * minute,
  },
  {
    kinds: ['removals'],
    header: 'x-ms-ratelimit-remaining-subscription-resource-requests-pt1h',
    limit: 300,
    time: 60 * minute,
  },
];

/** How many requests of each kind may still come. */
export class Rates {
  readonly #now: () => number;
  readonly #seen = new Map<Window, number[]>();
  /** Whether a request too many is refused; the headers count in any case. */
  strict: boolean;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number, strict: boolean) {
    this.#now = now;
    this.strict = strict;
  }

  /**
   * Counts a request.
   * @returns headers that say how many are left
   * @throws ArmError `TooManyRequests` with Retry-After
   */
  take(kind: Kind): Record<string, string> {
    const now = this.#now();
    const headers: Record<string, string> = {};
    for (const window of windows) {
      if (!window.kinds.includes(kind)) continue;
      const { header, limit, time } = window;
      const seen = (this.#seen.get(window) ?? []).filter((at) => at > now - time);
      const [oldest = now] = seen;
      if (this.strict && seen.length >= limit) {
        const wait = Math.max(1, Math.ceil((oldest + time - now) / 1_000));
        throw new ArmError(
          429,
          'TooManyRequests',
          `The request is being throttled as the limit has been reached for operation type '${kind}'. Please try again after '${wait}' seconds.`,
          { 'retry-after': `${wait}` },
        );
      }
      seen.push(now);
      this.#seen.set(window, seen);
      headers[header] = `${Math.max(0, limit - seen.length)}`;
    }
    return headers;
  }
}
