import { logLine } from '@slipway/shared/deploy/log-lines';
import { Throttled } from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { LogsApi } from '../api/logs.ts';
import type { LogSource } from '../diagnosis/log-source.ts';

/** Lines that are kept for the summary. */
const kept = 30;
/** Pages of one look at most: a program that prints more than it can be read is read on later. */
const mostPages = 10;

/** Reads on in the log of a container. What goes wrong with it is said once, and is never a verdict. */
export class LogFollower {
  readonly #logs: LogsApi;
  readonly #source: LogSource & { driver: 'awslogs' };
  readonly #say: { info(line: string): void; quote(line: string): void };
  readonly #last: string[] = [];
  #next: string | undefined;
  #over = false;

  constructor(
    logs: LogsApi,
    source: LogSource & { driver: 'awslogs' },
    say: { info(line: string): void; quote(line: string): void },
  ) {
    this.#logs = logs;
    this.#source = source;
    this.#say = say;
  }

  /** The last lines that were read, oldest first. */
  get last(): readonly string[] {
    return this.#last;
  }

  /** Reads what is new, and shows it. @returns how many lines */
  async read(signal: AbortSignal): Promise<number> {
    let count = 0;
    for (let page = 0; page < mostPages && !this.#over; page += 1) {
      const events = await this.#page(signal);
      if (events.length === 0) break;
      count += events.length;
    }
    return count;
  }

  async #page(signal: AbortSignal): Promise<readonly string[]> {
    const { group, stream } = this.#source;
    try {
      const { events = [], nextForwardToken } = await this.#logs.getLogEvents(
        {
          logGroupName: group,
          logStreamName: stream,
          startFromHead: true,
          ...(this.#next !== undefined && { nextToken: this.#next }),
        },
        signal,
      );
      this.#next = nextForwardToken ?? this.#next;
      const lines = events.flatMap(({ message = '' }) => logLine(message).split(/\r?\n/));
      for (const line of lines) this.#say.quote(line);
      this.#last.push(...lines);
      this.#last.splice(0, this.#last.length - kept);
      return lines;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Throttled || isNotThereYet(error)) return [];
      this.#over = true;
      this.#say.info(`The log of the task cannot be shown: ${messageOf(error)}`);
      return [];
    }
  }
}

// The stream is made with the first line.
function isNotThereYet(error: unknown): boolean {
  return (
    error instanceof Failure &&
    (error.code === 'ecs/unavailable' || /ResourceNotFoundException/.test(error.message))
  );
}
