import type { TagRef } from './version/tags.ts';

/** A commit as far as versions and notes need it. */
export interface Commit {
  sha: string;
  parents: readonly string[];
  message: string;
  /** Account of the author; undefined when the server knows none. */
  login?: string | undefined;
  /** True when it touches none of the paths that count. */
  elsewhere?: boolean;
}

/** Commits up to the head that are not in a base. */
export interface Range {
  /** Parents before their children. */
  commits: readonly Commit[];
  /** False when there are more of them, older ones, which were not read. */
  complete: boolean;
}

/** A tag with the commit behind it. */
export type PeeledTag = TagRef & { commit: string };

/** What a version is computed from. All of it is read from the server, never from a checkout. */
export interface History {
  /** The commit that the version is about. */
  head: string;
  /** Every tag whose name starts with the prefix, as it is now. */
  tags(prefix: string): Promise<TagRef[]>;
  /** The commits behind tags, for those that are still there; asks only for what is not known. */
  peel<T extends TagRef>(tags: readonly T[]): Promise<Array<T & { commit: string }>>;
  /**
   * The first of some tags that is in the history of the head, or on it, with the commits since.
   * @param tags in the order in which they are wanted
   */
  firstOf<T extends PeeledTag>(tags: readonly T[]): Promise<(Range & { tag: T }) | undefined>;
  /**
   * The first of some tags whose history has the head in it, so that the head is the older one.
   * @param tags in the order in which they are wanted
   */
  firstContaining<T extends PeeledTag>(tags: readonly T[]): Promise<T | undefined>;
  /** The newest commits up to the head, or all there are. */
  newest(): Promise<Range>;
  /** When the head was committed, in milliseconds since the epoch. */
  headTime(): Promise<number>;
  /** Node id of the repository, where it is known without asking for it alone. */
  repositoryId?(): Promise<string>;
}

/** Too much for this way of reading; another one can do it. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}
