/** One event as it is answered. */
export interface EventBody {
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  name: string;
  message: string;
  type: 'Normal' | 'Warning';
}

/** What happened to a container or a group; what happens again is counted, not repeated. */
export class EventLog {
  readonly #events: EventBody[] = [];
  readonly #time: () => number;

  /** @param time milliseconds since the epoch */
  constructor(time: () => number) {
    this.#time = time;
  }

  add(name: string, message: string, type: EventBody['type'] = 'Normal'): void {
    const at = wireTime(this.#time());
    const same = this.#events.find((event) => event.name === name && event.message === message);
    if (same) {
      same.count += 1;
      same.lastTimestamp = at;
    } else {
      this.#events.push({ count: 1, firstTimestamp: at, lastTimestamp: at, name, message, type });
    }
  }

  list(): EventBody[] {
    return this.#events.map((event) => ({ ...event }));
  }
}

/** `2026-01-05T12:00:00Z`: ACI has no parts of a second in its times. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
