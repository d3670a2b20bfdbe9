import type { Bump } from '../version/bump.ts';

/** One change as a commit message tells it. */
export interface Change {
  /** In lower case; empty when the message is not a conventional one. */
  type: string;
  scope: string;
  /** What was done, one line. */
  subject: string;
  breaking: boolean;
  /** What breaks, as the footer says it; empty without one. */
  breakingNote: string;
}

/** What a revert names. */
export interface Reverted {
  header: string;
  /** The commit, in full or abbreviated; empty when the message does not say. */
  commit: string;
  /** Written as the type `revert`, which is a statement of its own. */
  typed: boolean;
}

/** What the message of one commit says. */
export interface Message {
  header: string;
  changes: Change[];
  /** What it takes back, when it is a revert. */
  reverts?: Reverted;
  /** Version that a footer `Release-As: 2.0.0` asks for. */
  releaseAs?: string;
}

const bumpOfType: Readonly<Record<string, Bump>> = {
  feat: 'minor',
  feature: 'minor',
  fix: 'patch',
  perf: 'patch',
  revert: 'patch',
};

/**
 * How far a change reaches. `feat`, `fix` and breaking are from the specification; `feature` is
 * its usual alias; `perf` and a revert change what users have, so they are at least a patch.
 * Source: https://www.conventionalcommits.org/en/v1.0.0/#specification
 */
export function bumpOf({ breaking, type }: Change): Bump {
  return breaking ? 'major' : (bumpOfType[type] ?? 'none');
}
