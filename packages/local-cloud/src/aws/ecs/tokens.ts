import { isDeepStrictEqual } from 'node:util';
import type { Timeline } from '../../timeline.ts';

/**
 * Idempotency tokens of one account and region: the same request gets the same answer.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
export class Tokens {
  readonly #timeline: Timeline;
  readonly #keep: number;
  readonly #known = new Map<string, { input: object; answer: unknown }>();

  /** @param keep milliseconds that a token is known */
  constructor(timeline: Timeline, keep: number) {
    this.#timeline = timeline;
    this.#keep = keep;
  }

  /**
   * What the first request with a token brought about.
   * @returns `same` for the same request, `other` for another one with its token
   */
  seen(
    operation: string,
    token: string,
    input: object,
  ): { verdict: 'new' | 'other' | 'same'; answer?: unknown } {
    const known = this.#known.get(`${operation} ${token}`);
    if (!known) return { verdict: 'new' };
    const verdict = isDeepStrictEqual(known.input, input) ? 'same' : 'other';
    return { verdict, answer: known.answer };
  }

  remember(operation: string, token: string, what: { input: object; answer: unknown }): void {
    const key = `${operation} ${token}`;
    this.#known.set(key, what);
    this.#timeline.after(this.#keep, () => this.#known.delete(key));
  }
}
