import { setTimeout as delay } from 'node:timers/promises';

/** Time, so that tests can run it by hand. All figures are milliseconds. */
export interface Clock {
  /** Wall-clock time since the Unix epoch. */
  now(): number;
  /** Waits; rejects as soon as the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal && { signal }),
};

/** Ends what was planned; it does nothing once that has happened. */
export type Cancel = () => void;

interface Planned {
  time: number;
  order: number;
  run: () => void;
}

/**
 * What is to happen, by time. Nothing happens by itself: {@link advance} runs all that is due, in
 * the order of time, so that a clock run by hand and the machine's own give the same story.
 */
export class Timeline {
  readonly #clock: Clock;
  #planned: Planned[] = [];
  #count = 0;
  #time: number;
  #advancing = false;
  #changed = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = clock.now();
  }

  /** The moment that is being lived through, in milliseconds since the epoch. */
  get time(): number {
    return this.#time;
  }

  /** What the clock says, which the timeline may not have reached yet. */
  now(): number {
    return this.#clock.now();
  }

  /** Plans something for `ms` from the present moment on. */
  after(ms: number, run: () => void): Cancel {
    const planned = { time: this.#time + Math.max(0, ms), order: this.#count, run };
    this.#count += 1;
    const behind = this.#planned.findIndex(({ time }) => time > planned.time);
    this.#planned.splice(behind < 0 ? this.#planned.length : behind, 0, planned);
    this.#changed();
    return () => {
      this.#planned = this.#planned.filter((other) => other !== planned);
    };
  }

  /** Lives through everything up to now. Called from within, it does nothing. */
  advance(): void {
    if (this.#advancing) return;
    const now = this.#clock.now();
    this.#advancing = true;
    try {
      for (let next = this.#due(now); next; next = this.#due(now)) {
        this.#time = Math.max(this.#time, next.time);
        next.run();
      }
      this.#time = Math.max(this.#time, now);
    } finally {
      this.#advancing = false;
    }
  }

  /** Advances whenever something is due, until the signal; for runtimes that act by themselves. */
  async keepUp(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.advance();
      const wait = (this.#planned[0]?.time ?? Infinity) - this.#clock.now();
      const early = new AbortController();
      this.#changed = () => early.abort();
      const either = AbortSignal.any([signal, early.signal]);
      await this.#clock.sleep(Math.max(1, Math.min(wait, 60_000)), either).catch(() => {});
    }
  }

  #due(now: number): Planned | undefined {
    const [first] = this.#planned;
    if (!first || first.time > now) return undefined;
    return this.#planned.shift();
  }
}
