import { totalmem } from 'node:os';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Release } from './release.ts';

/** Upper bounds in seconds; 0.25 is what the latency objective and its alerts read. */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export type RequestLabels = 'method' | 'route' | 'status';

export type AppMetrics = {
  readonly durations: Histogram<RequestLabels>;
  readonly rateLimited: Counter;
  readonly rateLimitErrors: Counter;
  readonly connectionsCut: Counter;
};

/** What the process knows about itself, read at each scrape. */
export type Readings = {
  readonly requestsInFlight: () => number;
  /** From 0 to 1. */
  readonly eventLoopUtilization: () => number;
  /** Whether each configured dependency is up. */
  readonly dependencies: () => Promise<ReadonlyMap<string, boolean>>;
};

/**
 * Registers the app's metrics: those of the Node process, the release, and what happens to requests.
 *
 * @param registry where they are registered; one registry serves one app
 */
export function registerMetrics(
  registry: Registry,
  { version, commit }: Release,
  readings: Readings,
): AppMetrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  new Gauge({
    name: 'app_info',
    help: 'The release that is running; always 1.',
    labelNames: ['version', 'commit'],
    registers,
  }).set({ version, commit }, 1);

  new Gauge({
    name: 'memory_limit_bytes',
    help: 'The memory that the process may have: the limit of its control group, else all of the machine.',
    registers,
  }).set(memoryLimit(process.constrainedMemory(), totalmem()));

  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that have come and are not answered yet.',
    registers,
    collect() {
      this.set(readings.requestsInFlight());
    },
  });

  new Gauge({
    name: 'event_loop_utilization',
    help: 'Share of the last 5 seconds that the event loop was busy, from 0 to 1.',
    registers,
    collect() {
      this.set(readings.eventLoopUtilization());
    },
  });

  new Gauge({
    name: 'dependency_up',
    help: 'Whether a dependency that is configured answers: 1 or 0.',
    labelNames: ['dependency'],
    registers,
    async collect() {
      for (const [dependency, up] of await readings.dependencies()) {
        this.set({ dependency }, up ? 1 : 0);
      }
    },
  });

  return {
    durations: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its response.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    }),
    rateLimited: new Counter({
      name: 'rate_limited_requests_total',
      help: 'Requests that were refused because their client made too many.',
      registers,
    }),
    rateLimitErrors: new Counter({
      name: 'rate_limit_errors_total',
      help: 'Requests that passed uncounted because Redis, which counts them, did not answer.',
      registers,
    }),
    connectionsCut: new Counter({
      name: 'connections_cut_total',
      help: 'Connections that the app closed before their answer was complete.',
      registers,
    }),
  };
}

/** A limit of 0 means none, and so does one above all the memory that there is. */
export function memoryLimit(limit: number, machine: number): number {
  return limit > 0 && limit < machine ? limit : machine;
}
