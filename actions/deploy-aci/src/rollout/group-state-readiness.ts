import type { Clock } from '@slipway/shared/time/clock';
import type { WatchedContainer } from './group-state-container.ts';
import { timeOf } from './group-view-events.ts';

/** How late Azure may tell of an answer, in milliseconds. */
const lateness = 2_000;

/**
 * Whether the readiness probes have good answers. Azure tells of bad ones only, so an answer that is due
 * and is not told of was a good one.
 */
export class Readiness {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { print: string; since: number; failed: string | undefined }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  see(containers: readonly WatchedContainer[]): boolean {
    // Each has to be seen, whatever the others say.
    return containers.map((one) => this.#isReady(one)).every((ready) => ready);
  }

  #isReady(container: WatchedContainer): boolean {
    const { name, readiness, restartCount, startTime, state } = container;
    if (!readiness) return true;
    const now = this.#clock.now();
    const bad = readinessFailure(container);
    const failed = bad && `${bad.count} ${bad.last}`;
    const print = `${state} ${startTime} ${restartCount}`;
    const known = this.#seen.get(name);
    const isSame = known?.print === print && known.failed === failed;
    const since = isSame ? known.since : now;
    this.#seen.set(name, { print, since, failed });
    const { initialDelay, period, timeout } = readiness;
    const wait = (failed === undefined ? initialDelay : period) + timeout;
    return state === 'Running' && now - since >= wait * 1_000 + lateness;
  }
}

/** The last bad answer to the readiness probe of this run. */
export function readinessFailure({
  events,
  startTime = Number.NEGATIVE_INFINITY,
}: WatchedContainer) {
  return events.find(
    (event) => /readiness probe failed/i.test(event.message) && timeOf(event) >= startTime,
  );
}
