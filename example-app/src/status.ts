import { measureUtilization } from './utilization.ts';

/** How often the app looks at itself. */
export const STATUS_INTERVAL_MS = 2000;

/** Five minutes. */
const SAMPLES = 150;

/**
 * The app's last five minutes, for the charts of its page: one number for each interval, the oldest
 * first. All lists are equally long, and shorter than five minutes after a start.
 */
export type Status = {
  readonly intervalSeconds: number;
  /** The end of each interval, in seconds since 1970. */
  readonly times: readonly number[];
  readonly requestsPerSecond: readonly number[];
  /** Of those, answered with 5xx. */
  readonly errorsPerSecond: readonly number[];
  /** In milliseconds; null where no request ended in the interval. */
  readonly p50Ms: readonly (number | null)[];
  readonly p95Ms: readonly (number | null)[];
  /** The most requests at a time. */
  readonly inFlight: readonly number[];
  /** At the end of the interval. */
  readonly memoryBytes: readonly number[];
  /** The share of the interval in which the event loop was busy, from 0 to 1. */
  readonly eventLoopUtilization: readonly number[];
};

export type StatusRecorder = {
  /** Counts a request that is over, but still among those in flight. */
  count(status: number, seconds: number): void;
  /** Ends an interval; to be called every `STATUS_INTERVAL_MS`. */
  sample(): void;
  read(): Status;
};

/** What is measured beside the requests; the defaults are those of this process. */
export type StatusSources = {
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  /** How many requests are being answered. */
  readonly inFlight: () => number;
  readonly memoryBytes?: () => number;
  /** The share of time in which the event loop was busy since it was last asked. */
  readonly eventLoopUtilization?: () => number;
};

const SERIES = [
  'times',
  'requestsPerSecond',
  'errorsPerSecond',
  'p50Ms',
  'p95Ms',
  'inFlight',
  'memoryBytes',
  'eventLoopUtilization',
] as const;

/**
 * Keeps the last five minutes in a ring of fixed size, so that neither traffic nor time needs more
 * memory. Durations are counted in classes that are 10 % wide, so a percentile is right to 5 %.
 */
export function createStatusRecorder(sources: StatusSources): StatusRecorder {
  const { now, inFlight, memoryBytes = process.memoryUsage.rss } = sources;
  const eventLoopUtilization = sources.eventLoopUtilization ?? measureUtilization();
  const rows = new Float64Array(SAMPLES * SERIES.length);
  const classes = new Uint32Array(CLASSES);
  let taken = 0;
  let requests = 0;
  let errors = 0;
  let peak = 0;
  let since = now();

  return {
    count(status, seconds) {
      requests += 1;
      if (status >= 500) errors += 1;
      peak = Math.max(peak, inFlight());
      const at = classOf(seconds * 1000);
      classes[at] = (classes[at] ?? 0) + 1;
    },

    sample() {
      const at = now();
      // A busy process is late, so what has passed and not what was asked for.
      const seconds = Math.max(at - since, 1) / 1000;
      rows.set(
        [
          at / 1000,
          round(requests / seconds, 2),
          round(errors / seconds, 2),
          percentile(classes, requests, 0.5),
          percentile(classes, requests, 0.95),
          Math.max(peak, inFlight()),
          memoryBytes(),
          round(eventLoopUtilization(), 4),
        ],
        (taken % SAMPLES) * SERIES.length,
      );
      taken += 1;
      since = at;
      requests = 0;
      errors = 0;
      peak = 0;
      classes.fill(0);
    },

    read() {
      const first = Math.max(0, taken - SAMPLES);
      const list = (name: (typeof SERIES)[number]) => {
        const column = SERIES.indexOf(name);
        const values: number[] = [];
        for (let row = first; row < taken; row += 1) {
          values.push(rows[(row % SAMPLES) * SERIES.length + column] ?? Number.NaN);
        }
        return values;
      };
      const known = (values: number[]) => values.map((value) => (value >= 0 ? value : null));
      return {
        intervalSeconds: STATUS_INTERVAL_MS / 1000,
        times: list('times'),
        requestsPerSecond: list('requestsPerSecond'),
        errorsPerSecond: list('errorsPerSecond'),
        p50Ms: known(list('p50Ms')),
        p95Ms: known(list('p95Ms')),
        inFlight: list('inFlight'),
        memoryBytes: list('memoryBytes'),
        eventLoopUtilization: list('eventLoopUtilization'),
      };
    },
  };
}

// Class n holds what took from 0.01 ms × 1.1^n; the last holds all from 100 s.
const SHORTEST_MS = 0.01;
const WIDTH = Math.log(1.1);
const CLASSES = Math.ceil(Math.log(100_000 / SHORTEST_MS) / WIDTH) + 1;

function classOf(ms: number): number {
  if (!(ms > SHORTEST_MS)) return 0;
  return Math.min(CLASSES - 1, Math.floor(Math.log(ms / SHORTEST_MS) / WIDTH));
}

/** In milliseconds; NaN of no durations. */
function percentile(classes: Uint32Array, total: number, share: number): number {
  if (total === 0) return Number.NaN;
  let left = Math.ceil(total * share);
  let at = -1;
  while (left > 0 && at < CLASSES - 1) {
    at += 1;
    left -= classes[at] ?? 0;
  }
  return round(SHORTEST_MS * Math.exp(WIDTH * (at + 0.5)), 2);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
