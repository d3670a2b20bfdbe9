import type { Clock } from '../src/timeline.ts';

/** A clock that goes on only when it is told to. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 5, 12);

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number): Promise<void> {
    this.pass(ms);
    return Promise.resolve();
  }
}
