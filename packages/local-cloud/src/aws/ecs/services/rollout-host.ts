import type { Timeline } from '../../../timeline.ts';
import type { Durations } from '../options.ts';
import type { LambdaOutcome } from './hooks.ts';
import type { Revision } from './revision.ts';

/** What a deployment asks of its service. */
export interface RolloutHost {
  readonly timeline: Timeline;
  readonly durations: Durations;
  readonly desired: number;
  tell(sentence: string): void;
  /** Healthy tasks of a revision. */
  healthy(revision: Revision): number;
  /** No other revision has a task that is not STOPPED. */
  alone(revision: Revision): boolean;
  /** This revision has no task that is not STOPPED. */
  cleared(revision: Revision): boolean;
  /** Sends a share of the traffic to a revision and the rest to what served before. */
  weigh(revision: Revision, weight: { production?: number; test?: number }): void;
  /** Makes a revision the one that the service wants to run. */
  promote(revision: Revision): void;
  /** Stops all tasks of revisions. */
  retire(revisions: readonly Revision[]): void;
  /** The newest revision other than this one whose deployment was completed. */
  completedBefore(revision: Revision): Revision | undefined;
  lambda(arn: string): LambdaOutcome;
  /** Names of alarms that are in ALARM. */
  alarms(): readonly string[];
  reconcile(): void;
}
