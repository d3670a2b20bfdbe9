import type { Pace } from './poll.ts';

/** What an answered request leaves of the pause: little at once, or many who share a limit all come back. */
const relief = 0.95;

/**
 * How long to wait between requests to a platform that limits them. A refusal doubles the pause; an
 * answer shortens it by a twentieth. So many runs that share one limit, and know nothing of each other,
 * come to rest where together they ask about as often as the platform answers.
 */
export class BackOff {
  readonly #pace: Pace;
  #pause = 0;

  /** @param pace the first pause and the longest, in milliseconds */
  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Milliseconds that the platform wants between requests; 0 while it has refused none. */
  get pause(): number {
    return this.#pause;
  }

  /** @param asked milliseconds that the platform itself has asked for */
  refused(asked = 0): void {
    const { first, most } = this.#pace;
    const doubled = this.#pause === 0 ? first : this.#pause * 2;
    this.#pause = Math.max(Math.min(doubled, most), asked);
  }

  answered(): void {
    const eased = this.#pause * relief;
    this.#pause = eased < this.#pace.first ? 0 : eased;
  }
}
