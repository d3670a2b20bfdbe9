import type { Durations } from './durations.ts';

/**
 * Waits between restarts, those of Kubernetes: none after the first exit, then 10 s, doubled with each.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
 */
export class BackOff {
  readonly #durations: Durations;
  #exits = 0;

  constructor(durations: Durations) {
    this.#durations = durations;
  }

  /** @param ran how long the container ran, in milliseconds */
  next(ran: number): number {
    const { backOff, calm, longestBackOff } = this.#durations;
    if (ran >= calm) this.#exits = 0;
    this.#exits += 1;
    return this.#exits === 1 ? 0 : Math.min(backOff * 2 ** (this.#exits - 2), longestBackOff);
  }
}
