import type { History } from './history.ts';
import type { Survey } from './survey.ts';
import type { TagRef, VersionTag } from './version/tags.ts';
import { compareVersions, isStable, type Version } from './version/version.ts';

/** A tag that is to follow a version. */
export interface Move {
  /** Without `refs/tags/`. */
  name: string;
  /** What it holds now; undefined when it is not there. */
  before: string | undefined;
}

/** What moves, and what does not although the version would have it. */
export interface Moves {
  moves: readonly Move[];
  /** Names of tags that are on a newer commit. */
  held: readonly string[];
}

/** Which tags follow: `v1`, or `v1` and `v1.2`. */
export type MovingTags = 'none' | 'major' | 'minor';

/** The tags there are, and which of them follow. */
export interface TagsNow {
  /** The commit that has the version or gets it. */
  head: string;
  which: MovingTags;
  prefix: string;
  /** Everything that begins with the prefix. */
  refs: readonly TagRef[];
  /** The versions among them, whoever's history they are in. */
  versions: readonly VersionTag[];
}

/**
 * The tags that have to move to a version: only for a stable one, and only to the highest of its
 * major, or major and minor, number. They never go back.
 */
export function movesTo(
  version: Version,
  { head, which, prefix, refs, versions }: TagsNow,
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

/**
 * Leaves out the moves that would lead back: whoever moved a tag to a newer commit had a reason.
 * @param refs everything that begins with the prefix
 */
export async function forwardOnly(
  history: History,
  { base, commits }: Survey,
  refs: readonly TagRef[],
  moves: readonly Move[],
): Promise<Moves> {
  const older = new Set([...commits.map(({ sha }) => sha), base?.commit]);
  const held: string[] = [];
  const there = refs.filter(({ name }) => moves.some((move) => move.name === name));
  for (const tag of await history.peel(there)) {
    if (older.has(tag.commit)) continue;
    if (await history.firstContaining([tag])) held.push(tag.name);
  }
  return { moves: moves.filter(({ name }) => !held.includes(name)), held };
}
