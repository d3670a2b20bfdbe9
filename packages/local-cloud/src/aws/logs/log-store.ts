/** A line in a log stream. */
export interface LogEvent {
  /** Place in the whole of the streams; later lines have higher numbers. */
  id: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

export interface LogStream {
  name: string;
  createdAt: number;
  events: LogEvent[];
}

/** Log groups of one account and region. */
export class LogStore {
  readonly groups = new Map<string, Map<string, LogStream>>();
  #count = 0;

  /** Makes sure that a group exists. */
  create(group: string): Map<string, LogStream> {
    const found = this.groups.get(group) ?? new Map<string, LogStream>();
    this.groups.set(group, found);
    return found;
  }

  /** Opens a stream of a group that exists. */
  open(group: string, name: string, time: number): void {
    const streams = this.groups.get(group);
    if (streams && !streams.has(name)) streams.set(name, { name, createdAt: time, events: [] });
  }

  /** Adds a line; an empty one, or one to a stream that does not exist, is lost. */
  write(group: string, name: string, event: Omit<LogEvent, 'id'>): void {
    if (event.message === '') return;
    this.#count += 1;
    this.groups
      .get(group)
      ?.get(name)
      ?.events.push({ id: this.#count, ...event });
  }
}
