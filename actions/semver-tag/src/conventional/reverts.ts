import type { Message, Reverted } from './change.ts';

/** A commit with what its message says. */
export interface ReadCommit {
  sha: string;
  message: Message;
}

/**
 * Leaves out every commit that was reverted, together with its revert; a reverted revert brings the
 * commit back. A revert of something that is not among these stays: it changes what was released.
 * @param commits oldest first
 */
export function withoutReverted<C extends ReadCommit>(commits: readonly C[]): C[] {
  const named = commits.map(({ sha, message }) => ({ sha, header: plainHeader(message.header) }));
  const gone = new Set<number>();
  for (let index = commits.length - 1; index > 0; index -= 1) {
    const reverts = commits[index]?.message.reverts;
    if (!reverts || gone.has(index)) continue;
    const target = findTarget(named, index, reverts, gone);
    if (target === undefined) continue;
    gone.add(target).add(index);
  }
  return commits.filter((_, index) => !gone.has(index));
}

// By its name; a rebase gives it another one, so by its header when nobody has that name.
function findTarget(
  named: ReadonlyArray<{ sha: string; header: string }>,
  before: number,
  { commit, header }: Reverted,
  gone: ReadonlySet<number>,
): number | undefined {
  const wanted = plainHeader(header);
  let byHeader: number | undefined;
  for (let index = before - 1; index >= 0; index -= 1) {
    if (commit !== '' && named[index]?.sha.startsWith(commit)) {
      return gone.has(index) ? undefined : index;
    }
    if (byHeader === undefined && !gone.has(index) && named[index]?.header === wanted)
      byHeader = index;
  }
  return byHeader;
}

// GitHub adds the number of the pull request.
function plainHeader(header: string): string {
  return header.replace(/ \(#\d+\)$/, '').trim();
}
