import type { Failure } from '@slipway/shared/failure/failure';
import { hasEnded, type WatchedContainer } from './group-state-container.ts';
import type { GroupEvent } from './group-view-events.ts';

/** Something against the new version. */
export interface Trouble {
  readonly failure: Failure;
  /** Waiting longer does not help: the next try ends the same way, or enough of them did. */
  readonly decisive: boolean;
  /** Container that has it; undefined where it is the group. */
  readonly container: string | undefined;
}

/** So many failed tries are no accident. */
export const enoughTries = 2;

/** Whether the new version of a container has got as far as running. */
export function hasStarted(container: WatchedContainer): boolean {
  return (container.state === 'Running' || hasEnded(container)) && container.isNew !== false;
}

/** How often some events happened. */
export function triesOf(events: readonly GroupEvent[]): number {
  return events.reduce((sum, { count }) => sum + count, 0);
}
