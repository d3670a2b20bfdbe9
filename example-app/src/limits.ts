import { performance } from 'node:perf_hooks';
import type { RequestHandler } from 'express';
import { type ClientRateLimitInfo, type Options, rateLimit, type Store } from 'express-rate-limit';
import type { Logger } from 'pino';
import type { AppMetrics } from './metrics.ts';
import { HttpProblem } from './problems.ts';

const WINDOW_MS = 60_000;
/** For so long a store that failed is not asked again, so that no request waits for it in vain. */
const PAUSE_MS = 1000;

export type LimitOptions = {
  /** Requests a minute and client. */
  readonly limit: number;
  /** Counts for all instances together; without it each one counts for itself. */
  readonly store: Store | undefined;
  readonly logger: Logger;
  readonly metrics: Pick<AppMetrics, 'rateLimited' | 'rateLimitErrors'>;
};

/** Refuses a client that makes too many requests with 429. Without its store everybody passes. */
export function limitRequests({ limit, store, logger, metrics }: LimitOptions): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    // The eighth draft would have the address of the client hashed for each answer.
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    ...(store && { store: new SparedStore(store) }),
    passOnStoreError: true,
    handler: (_req, _res, next) => {
      metrics.rateLimited.inc();
      next(
        new HttpProblem(429, `One client may make ${limit} requests a minute. Try again later.`),
      );
    },
    // Where it says that a request passed uncounted, and that it finds a setting odd.
    logger: {
      warn: (err: unknown, message?: string) => logger.warn({ err }, message),
      error: (err: unknown, message?: string) => {
        if (err instanceof NotAsked || err instanceof NoAnswer) metrics.rateLimitErrors.inc();
        if (!(err instanceof NotAsked)) logger.warn({ err }, message);
      },
    },
  });
}

class NotAsked extends Error {}
class NoAnswer extends Error {}

/** A store that is left alone for a moment after a failure, and is only prepared when it is there. */
class SparedStore implements Store {
  readonly localKeys = false;
  readonly #store: Store;
  #options: Options | undefined;
  #prepared: Promise<unknown> | undefined;
  #askAgainAt = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  init(options: Options): void {
    this.#options = options;
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    if (performance.now() < this.#askAgainAt) throw new NotAsked();
    try {
      // The store of Redis keeps the failure of its preparation for good, so it gets a new one.
      const options = this.#options;
      this.#prepared ??= Promise.resolve(options && this.#store.init?.(options));
      await this.#prepared;
      return await this.#store.increment(key);
    } catch (cause) {
      this.#prepared = undefined;
      this.#askAgainAt = performance.now() + PAUSE_MS;
      throw new NoAnswer('the store of the rate limit does not answer', { cause });
    }
  }

  async decrement(key: string): Promise<void> {
    await this.#store.decrement(key);
  }

  async resetKey(key: string): Promise<void> {
    await this.#store.resetKey(key);
  }
}
