import type { TagRef } from './version/tags.ts';

/** A commit as far as versions and notes need it. */
export interface Commit {
  sha: string;
  parents: readonly string[];
  message: string;
  /** Account of the author; undefined when the server knows none. */
  login?: string | undefined;
}

/** Commits up to the head that are not in a base. */
export interface Range {
  /** Parents before their children. */
  commits: readonly Commit[];
  /** False when there are more of them, older ones, which were not read. */
  complete: boolean;
}

/** What a version is computed from. All of it is read from the server, never from a checkout. */
export interface History {
  /** The commit that the version is about. */
  head: string;
  /** When that commit was made, in milliseconds since the epoch. */
  headTime: number;
  /** The commits behind tags: one for each, in the same order. Asks only for what is not known. */
  peel<T extends TagRef>(tags: readonly T[]): Promise<Array<T & { commit: string }>>;
  /**
   * The commits since a base.
   * @param base a commit, or undefined for all there are (a history may then give the newest only)
   * @returns undefined when the base is not an ancestor of the head
   */
  since(base: string | undefined): Promise<Range | undefined>;
}
