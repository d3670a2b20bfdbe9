import { performance } from 'node:perf_hooks';

const INTERVAL_MS = 5000;

/**
 * Watches how busy the event loop is. The figure is that of the last whole interval, so that all who
 * ask get the same one: it does not depend on when somebody else asked.
 *
 * @returns a function that tells the share of time the loop was busy, from 0 to 1
 */
export function watchUtilization(): () => number {
  const measure = measureUtilization();
  let last = performance.eventLoopUtilization().utilization;
  setInterval(() => {
    last = measure();
  }, INTERVAL_MS).unref();
  return () => last;
}

/** Makes a function that tells the share of time the event loop was busy since it was last asked, from 0 to 1. */
export function measureUtilization(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
