import type { Within } from './computed-tag.ts';
import type { Segment } from './git-name.ts';
import type { ParsedVersion } from './versions.ts';

/** Fixed text at both sides of a version. */
export type Around = Pick<Within, 'prefix' | 'suffix'>;

/** What a rule makes of this run, before its prefix and suffix. */
export interface Candidate {
  body: Segment[];
  /** The version behind it. */
  release?: ParsedVersion | undefined;
  /** What the pattern itself says around the version. */
  around?: Around;
  /** Given for a moving tag: what the versions that it chooses from share. */
  shares?: Within['shares'] | undefined;
}

/** Why a rule gives nothing on this run, in words that follow its name. */
export interface Nothing {
  nothing: string;
}
