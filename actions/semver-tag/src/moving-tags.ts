import type { TagRef, VersionTag } from './version/tags.ts';
import { compareVersions, isStable, type Version } from './version/version.ts';

/** A tag that is to follow a version. */
export interface Move {
  /** Without `refs/tags/`. */
  name: string;
  /** What it holds now; undefined when it is not there. */
  before: string | undefined;
}

/** Which tags follow: `v1`, or `v1` and `v1.2`. */
export type MovingTags = 'none' | 'major' | 'minor';

/**
 * The tags that have to move to a version: only for a stable one, and only to the highest of its
 * major, or major and minor, number. They never go back.
 * @param refs everything that begins with the prefix
 * @param versions the versions among them, whoever's history they are in
 */
export function movesTo(
  version: Version,
  head: string,
  which: MovingTags,
  prefix: string,
  refs: readonly TagRef[],
  versions: readonly VersionTag[],
): Move[] {
  if (which === 'none' || !isStable(version)) return [];
  const { major, minor } = version;
  const higher = versions.filter(
    (tag) => isStable(tag.version) && compareVersions(tag.version, version) > 0,
  );
  const names: string[] = [];
  if (!higher.some((tag) => tag.version.major === major)) names.push(`${prefix}${major}`);
  const ofMinor = higher.filter(
    (tag) => tag.version.major === major && tag.version.minor === minor,
  );
  if (which === 'minor' && ofMinor.length === 0) names.push(`${prefix}${major}.${minor}`);
  return names
    .map((name) => ({ name, before: refs.find((ref) => ref.name === name)?.oid }))
    .filter(({ before }) => before !== head);
}
