import type { Failure } from '../failure/failure.ts';
import type { Pace } from '../time/poll.ts';

/** One step of a plan: applied, watched and proven before the next one begins. */
export interface DeployStep {
  /** For people and the timeline: `canary web-1`, `10 % of the traffic`. */
  readonly name: string;
  /** Milliseconds that the platform itself waits in this step; the time limit grows by them. */
  readonly waits?: number;
}

/** What every plan says, whatever the platform. */
export interface PlanFacts<Step extends DeployStep = DeployStep> {
  /** The image to deploy, `name@sha256:…`; empty where a deployment has no image. */
  image: string;
  /** The image that serves now; undefined when nothing is deployed yet, or it is not known. */
  previousImage: string | undefined;
  /** What would change, for people. */
  diff: readonly DiffLine[];
  /** What serves before the first step. */
  serves: 'previous' | 'nothing' | 'unknown';
  /** Where a rollback leads. */
  rollback: RollbackTo;
  /** In their order; at least one. */
  steps: readonly Step[];
}

/** Where a rollback leads: to the version before, to nothing where nothing was, or nowhere. */
export type RollbackTo =
  | { readonly to: 'previous' }
  | { readonly to: 'nothing' }
  /** `why` follows "there is no rollback:", such as `the task definition before was deleted`. */
  | { readonly to: 'none'; readonly why: string };

/** A setting before and after. Both are somebody else's text: escaped where shown. */
export interface DiffLine {
  what: string;
  before: string;
  after: string;
}

/** Where a rollout is, at one look. */
export type RolloutState =
  | { state: 'progress'; text: string }
  | { state: 'settled' }
  | { state: 'failed'; failure: Failure };

/** What was found out about a failure, before anything is undone. */
export interface Evidence {
  /** Short facts: exit codes, events, states. */
  facts: readonly string[];
  /** The last log lines of what failed, oldest first; `source` names the container. */
  logs: ReadonlyArray<{ source: string; lines: readonly string[] }>;
  /** What is against the new version by now; it says more than that the time was up. */
  likely?: Failure;
}

/** The part of a deploy that failed, for the diagnosis: only a rollout has changed what serves. */
export type FailedPhase = 'prepare' | 'migrate' | 'rollout';

/** Whether the new version is proven or, on rollback, the old one. */
export type Direction = 'forward' | 'rollback';

/** What a proof showed. */
export interface Proof {
  /** Where it serves; empty when only the platform vouches for it. */
  url: string;
  /** How it was shown, for people. */
  how: string;
}

/** How a deploy ended, for the clean-up. */
export type Ending = 'proven' | 'rolled-back' | 'not-changed';

/**
 * What a platform knows how to do. The engine decides when, for how long, and what is said.
 * Every method obeys its signal: when it aborts, the method rejects once nothing of it runs on.
 * A method that the platform throttles throws {@link Throttled}; `look` is asked again later then.
 */
export interface Target<Plan extends PlanFacts, Change> {
  /** Where this deploys to, for people: `deploy@web-1 (/srv/app)`. */
  readonly name: string;
  /** How often the platform may be looked at; default is every 1 to 3 s. */
  readonly pace?: Pace;
  /** Finds out, before anything is waited for or written, whether the platform can take this. */
  check?(signal: AbortSignal): Promise<void>;
  /** Takes the lock; the engine disposes of it however the run ends. */
  lock?(signal: AbortSignal): Promise<AsyncDisposable>;
  /** Reads only; knows what serves, the steps, and where a rollback leads. */
  plan(signal: AbortSignal): Promise<Plan>;
  /** Everything that can be done before anything that serves is touched. */
  prepare?(plan: Plan, signal: AbortSignal): Promise<void>;
  /** Runs once when all is prepared and nothing is changed; it is not undone. */
  migrate?(plan: Plan, signal: AbortSignal): Promise<void>;
  /** Makes the change of one step; running it again changes nothing more. */
  apply(plan: Plan, step: Plan['steps'][number], signal: AbortSignal): Promise<Change>;
  /** Looks once at how the change is getting on. */
  look(change: Change, signal: AbortSignal): Promise<RolloutState>;
  /** The app itself answers, and says that it is the version of this change. Returns where. */
  prove(change: Change, direction: Direction, signal: AbortSignal): Promise<Proof>;
  /** Finds reasons, exit codes and last log lines of what failed. Reads only. */
  diagnose(plan: Plan, phase: FailedPhase, signal: AbortSignal): Promise<Evidence>;
  /**
   * Restores what served before, from the plan alone, whatever the steps managed to do.
   * `hurry` is true when the runner is about to kill the job: then it does only what it must.
   * @throws LeftToPlatform also from `look`, when there is no time to see the end of it
   */
  rollback(plan: Plan, how: { hurry: boolean }, signal: AbortSignal): Promise<Change>;
  /** Removes what is not needed any more. A failure of it changes no verdict. */
  cleanUp?(plan: Plan, ending: Ending, signal: AbortSignal): Promise<void>;
}

/** The platform asked for fewer requests. */
export class Throttled extends Error {
  override readonly name = 'Throttled';
  /** Milliseconds that the platform asks to wait; undefined when it does not say. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: ErrorOptions & { retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/**
 * A rollback has begun that the platform ends by itself, and there is no time to wait for it. The
 * message says so with the live facts; it follows a semicolon.
 */
export class LeftToPlatform extends Error {
  override readonly name = 'LeftToPlatform';
}
