/** Which part of the life of a pod a reason is about. */
export type Kind =
  | 'image'
  | 'start'
  | 'crash'
  | 'probe'
  | 'place'
  | 'volume'
  | 'pod'
  | 'refusal'
  | 'workload'
  | 'job';

/** It ends a rollout once it was tried so often and has lasted so long. */
export interface Repeated {
  /** Tries that failed; of a crash, exits. */
  readonly times?: number;
  /** Exits of a container that had been well before. */
  readonly timesOnceWell?: number;
  /** Milliseconds. */
  readonly after?: number;
}

/** `now`: it ends a rollout at once. `explain`: it ends none, and is said. */
export type Verdict = 'now' | 'explain' | Repeated;

/** What a reason means. */
export interface VerdictRow {
  readonly kind: Kind;
  /** As Kubernetes spells them. */
  readonly reasons: readonly string[];
  /** For people: what the message is about; empty for all other messages. */
  readonly when: string;
  readonly words?: RegExp;
  readonly verdict: Verdict;
  /** A clause: `the registry has no such image`. */
  readonly cause: string;
  /** A sentence that says what to do. */
  readonly remedy: string;
}
