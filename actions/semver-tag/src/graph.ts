import type { Commit } from './history.ts';

/** Those of some commits that are in the history of one of them, which counts itself. */
function pastOf(commits: readonly Commit[], sha: string): Set<string> {
  const parents = new Map(commits.map((commit) => [commit.sha, commit.parents]));
  const past = new Set<string>();
  const left = [sha];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (past.has(one) || !parents.has(one)) continue;
    past.add(one);
    left.push(...(parents.get(one) ?? []));
  }
  return past;
}

/** Those of some commits that are not in the history of one of them. */
export function commitsSince(commits: readonly Commit[], sha: string): Commit[] {
  const past = pastOf(commits, sha);
  return commits.filter((commit) => !past.has(commit.sha));
}

/**
 * The commits since a later base, out of those since an earlier one.
 * @param commits since `earlier`, all of them
 * @returns undefined when these commits alone do not tell: the later base is none of them, or has
 *   not the earlier one in its own history, so that there may be others it does not have
 */
export function narrowed(
  commits: readonly Commit[],
  earlier: string,
  later: string,
): Commit[] | undefined {
  const past = pastOf(commits, later);
  const joined = commits.some(({ parents, sha }) => past.has(sha) && parents.includes(earlier));
  return joined ? commits.filter(({ sha }) => !past.has(sha)) : undefined;
}
