import { performance } from 'node:perf_hooks';

const INTERVAL_MS = 5000;

/**
 * Watches how busy the event loop is. The figure is that of the last whole interval, so that all who
 * ask get the same one: it does not depend on when somebody else asked.
 *
 * @returns a function that tells the share of time the loop was busy, from 0 to 1
 */
export function watchUtilization(): () => number {
  let before = performance.eventLoopUtilization();
  let last = before.utilization;
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    last = performance.eventLoopUtilization(now, before).utilization;
    before = now;
  }, INTERVAL_MS).unref();
  return () => last;
}
