import type { Failure } from '../failure/failure.ts';
import type { TimelineEntry } from '../time/timeline.ts';
import type { Evidence, PlanFacts, Proof } from './target.ts';

/** How a deploy ended. Only `deployed`, `unchanged` and `planned` are green. */
export type Status = 'deployed' | 'unchanged' | 'planned' | 'rolled-back' | 'failed' | 'cancelled';

/** What serves after the run; `unchanged` is said of what was not touched and is not known. */
export type Serving = 'new' | 'old' | 'nothing' | 'unchanged' | 'unknown';

/** Everything there is to say about a deploy. */
export interface DeployResult<Plan extends PlanFacts = PlanFacts> {
  target: string;
  status: Status;
  serving: Serving;
  /** Undefined when the deploy ended before there was one. */
  plan: Plan | undefined;
  proof: Proof | undefined;
  failure: Failure | undefined;
  /** Why the rollback failed, when it did. */
  rollbackFailure: Failure | undefined;
  /** Why there was no rollback after a failure; empty when there was one, or none was due. */
  noRollback: string;
  /** What the platform ends without this run, and how; empty when it was seen to its end. */
  left: string;
  evidence: Evidence | undefined;
  timeline: readonly TimelineEntry[];
  /** Milliseconds from the first apply to the last proof, bake included; undefined without one. */
  duration: number | undefined;
}
