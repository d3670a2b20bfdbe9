import { bumpOf, type Change } from './conventional/change.ts';
import { parseMessage } from './conventional/parse-message.ts';
import { withoutReverted } from './conventional/reverts.ts';
import type { Commit } from './history.ts';
import { type Bump, bumps, highestBump } from './version/bump.ts';

/** A commit that counts, with what it changes. */
export interface Read {
  commit: Commit;
  changes: readonly Change[];
  bump: Bump;
}

/** What some commits ask for. */
export interface Analysis {
  bump: Bump;
  /** Without those that were reverted again; in the order of the commits. */
  read: readonly Read[];
  /** Version that the newest `Release-As` footer names. */
  releaseAs?: string;
}

/** Reads what commits ask for. @param commits parents before their children */
export function analyse(commits: readonly Commit[]): Analysis {
  const counted = commits.filter(({ elsewhere }) => !elsewhere);
  const all = counted.map((commit) => {
    return { sha: commit.sha, commit, message: parseMessage(commit.message) };
  });
  const read = withoutReverted(all).map(({ commit, message: { changes } }) => {
    return { commit, changes, bump: highestBump(changes.map(bumpOf)) };
  });
  const releaseAs = all.findLast(({ message }) => message.releaseAs)?.message.releaseAs;
  return {
    bump: highestBump(read.map(({ bump }) => bump)),
    read,
    ...(releaseAs && { releaseAs }),
  };
}

/** Those that ask for a version, farthest-reaching first. */
export function reasons({ read }: Analysis): Read[] {
  return read
    .filter(({ bump }) => bump !== 'none')
    .sort((a, b) => bumps.indexOf(b.bump) - bumps.indexOf(a.bump));
}
