import type { Clock } from './clock.ts';
import { formatDuration } from './duration.ts';

/** One phase of a run; times in milliseconds since the epoch. */
export interface TimelineEntry {
  name: string;
  start: number;
  end: number;
  ok: boolean;
}

/** Measures phases and says each when it is over. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  readonly #clock: Clock;
  readonly #say: (line: string) => void;

  constructor(clock: Clock, say: (line: string) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    const entry: TimelineEntry = { name, start: this.#clock.now(), end: 0, ok: false };
    this.entries.push(entry);
    try {
      const value = await work();
      entry.ok = true;
      return value;
    } finally {
      entry.end = this.#clock.now();
      this.#say(
        `${entry.ok ? 'done' : 'FAILED'}: ${name} (${formatDuration(entry.end - entry.start)})`,
      );
    }
  }
}
