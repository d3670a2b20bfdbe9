import type { Failure } from '../failure/failure.ts';

/** What every plan says, whatever the platform. */
export interface PlanFacts {
  /** The image to deploy, `name@sha256:…`; empty where a deployment has no image. */
  image: string;
  /** The image that serves now; undefined when nothing is deployed yet. */
  previousImage: string | undefined;
  /** What would change, for people. */
  diff: readonly DiffLine[];
  /** What the way back leads to: the version before, or nothing where nothing was. */
  wayBack: 'previous' | 'remove' | 'none';
}

/** A setting before and after. Both are somebody else's text: escaped where shown. */
export interface DiffLine {
  what: string;
  before: string;
  after: string;
}

/** Where a rollout is. */
export type Sighting =
  | { state: 'progress'; text: string }
  | { state: 'settled' }
  | { state: 'failed'; failure: Failure };

/** What was found out about a failure, before anything is undone. */
export interface Evidence {
  /** Short facts: exit codes, events, states. */
  facts: readonly string[];
  /** The last log lines of what failed, oldest first; `source` names the container. */
  logs: ReadonlyArray<{ source: string; lines: readonly string[] }>;
}

/**
 * What a platform knows how to do. The engine decides when, for how long, and what is said.
 * Every method obeys its signal: when it aborts, the method rejects once nothing of it runs on.
 */
export interface Target<Plan extends PlanFacts, Change> {
  /** Where this deploys to, for people: `deploy@web-1 (/srv/app)`. */
  readonly name: string;
  /** Finds out, before anything is waited for or written, whether the platform can take this. */
  check?(signal: AbortSignal): Promise<void>;
  /** Takes the lock; the engine disposes of it on every way out. */
  hold?(signal: AbortSignal): Promise<AsyncDisposable>;
  /** Reads only; knows the way back. */
  plan(signal: AbortSignal): Promise<Plan>;
  /** Everything that can be done before anything that serves is touched. */
  prepare?(plan: Plan, signal: AbortSignal): Promise<void>;
  /** Runs once when all is prepared and nothing is switched. Has a limit of its own; is not undone. */
  migrate?(plan: Plan, signal: AbortSignal): Promise<void>;
  /** Makes the change; running it again changes nothing more. */
  apply(plan: Plan, signal: AbortSignal): Promise<Change>;
  /** Yields until the platform has settled or has decisively failed. */
  watch(change: Change, signal: AbortSignal): AsyncIterable<Sighting>;
  /** The app itself answers, and says that it is the version of this change. Returns where. */
  prove(change: Change, direction: Direction, signal: AbortSignal): Promise<ProofOfLife>;
  diagnose(plan: Plan, signal: AbortSignal): Promise<Evidence>;
  /** Takes the way back, from the plan alone, whatever apply managed to do. */
  rollback(plan: Plan, signal: AbortSignal): Promise<Change>;
  /** Called once the new version is proven, or the old one is back: forgets what is not needed. */
  finish?(plan: Plan, proven: boolean, signal: AbortSignal): Promise<void>;
}

/** Whether the new version is proven or, on the way back, the old one. */
export type Direction = 'forward' | 'back';

/** What a proof showed. */
export interface ProofOfLife {
  /** Where it serves; empty when only the platform vouches for it. */
  url: string;
  /** How it was shown, for people. */
  how: string;
}
