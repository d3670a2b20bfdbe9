import { longestTag } from './legal.ts';
import { type GitName, isReserved } from './reserved.ts';

/** A stretch of a tag. With `git` it came from a Git name, which may hold what a tag may not. */
export interface Segment {
  text: string;
  git?: GitName;
}

/**
 * Puts a tag together, bending Git names into legal tags:
 * - each run of illegal characters becomes one `-`, as in docker/metadata-action; case is kept;
 * - `.` and `-` at the start of the tag are dropped;
 * - a name with nothing legal in it (`日本`) becomes `branch-` or `tag-` and a hash of it;
 * - above 128 characters the longest Git name is cut and ends in a hash, so that two long branches
 *   never share a tag;
 * - a Git name never makes a tag that is somebody else's ({@link isReserved}): `latest` becomes
 *   `branch-latest`, `1.2.3` becomes `branch-1.2.3`. What counts is the whole tag as it will be written.
 * @returns the tag; with an illegal literal still in it when there is one
 */
export function joinTag(segments: readonly Segment[]): string {
  const first = segments.findIndex((segment) => segment.git);
  const git = segments[first]?.git;
  const legal: Segment[] = [];
  for (const segment of segments) {
    const atStart = legal.every(({ text }) => text === '');
    legal.push(segment.git ? { ...segment, text: bend(segment, atStart) } : segment);
  }
  if (git === undefined) return join(legal);
  const before = join(legal.slice(0, first));
  if (isReserved(join(legal), git, before)) legal.unshift({ text: `${git}-` });
  const tag = join(legal);
  return tag.length > longestTag ? cut(legal, hash(join(segments))) : tag;
}

function bend({ text, git }: Segment, atStart: boolean): string {
  if (text === '') return '';
  const legal = text.replace(/[^A-Za-z0-9_.-]+/g, '-');
  if (!/[A-Za-z0-9_]/.test(legal)) return `${git}-${hash(text)}`;
  return atStart ? legal.replace(/^[.-]+/, '') : legal;
}

function cut(segments: readonly Segment[], ending: string): string {
  const tag = join(segments);
  const names = segments.filter((segment) => segment.git);
  const longest = names.reduce((a, b) => (b.text.length > a.text.length ? b : a));
  const kept = longest.text.length - (tag.length - longestTag) - ending.length - 1;
  if (kept < 1) return `${tag.slice(0, longestTag - ending.length - 1)}-${ending}`;
  const shorter = { text: `${longest.text.slice(0, kept)}-${ending}` };
  return join(segments.map((segment) => (segment === longest ? shorter : segment)));
}

const join = (segments: readonly Segment[]) => segments.map(({ text }) => text).join('');

// Loaded when it is needed: node:crypto takes 3 ms and few names are that odd.
function hash(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
