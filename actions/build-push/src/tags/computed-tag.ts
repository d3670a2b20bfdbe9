import type { ParsedVersion } from './versions.ts';

/** The versions that a moving tag chooses from: it stays with the highest stable one of them. */
export interface Within {
  /** The version that this run brings. */
  release: ParsedVersion;
  /** Parts that a version must share: `{ major: 1 }` for the tag `1`, none for `latest`. */
  shares: Partial<Record<'major' | 'minor' | 'patch', number>>;
  /** Text around the version in the tags of this family: `-alpine` of `1.2.3-alpine`. */
  prefix: string;
  suffix: string;
}

/** A tag that this run wants. */
export type ComputedTag = {
  tag: string;
  /** The rule as written, a default one too; `automatic latest of` and the rule behind it. */
  rule: string;
  priority: number;
} & (
  | { moves: 'always'; within?: undefined }
  /** Only after `keepHighest` has looked at the tags in the registry. */
  | { moves: 'if-highest'; within: Within }
);
