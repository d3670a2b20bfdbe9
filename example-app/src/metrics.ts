import { totalmem } from 'node:os';
import { collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Release } from './release.ts';

export type RequestDurations = Histogram<'method' | 'route' | 'status'>;

/**
 * Registers the app's metrics: those of the Node process, the release, and request durations.
 *
 * @param registry where they are registered; one registry serves one app
 * @returns the histogram of request durations, in seconds
 */
export function registerMetrics(
  registry: Registry,
  { version, commit }: Release,
): RequestDurations {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'app_info',
    help: 'The release that is running; always 1.',
    labelNames: ['version', 'commit'],
    registers: [registry],
  }).set({ version, commit }, 1);
  new Gauge({
    name: 'memory_limit_bytes',
    help: 'The memory that the process may have: the limit of its control group, else all of the machine.',
    registers: [registry],
  }).set(memoryLimit(process.constrainedMemory(), totalmem()));
  return new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
}

/** A limit of 0 means none, and so does one above all the memory that there is. */
export function memoryLimit(limit: number, machine: number): number {
  return limit > 0 && limit < machine ? limit : machine;
}
