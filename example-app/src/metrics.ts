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
  return new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its response.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
}
