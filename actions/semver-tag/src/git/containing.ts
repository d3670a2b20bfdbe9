import { type GitPlace, git } from './run-git.ts';

/** As many names as fit into the arguments of a program on every system. */
const mostNames = 200;

/**
 * Names of the refs of the server whose history has a commit in it. They are fetched into a repository
 * of their own, commits without files.
 * @param refs in full, `refs/tags/v1.0.0`; or all refs of a kind, `refs/heads/*`
 */
export async function refsContaining(
  place: GitPlace,
  refs: readonly string[],
  commit: string,
): Promise<Set<string>> {
  const wanted = refs.length > mostNames ? ['refs/tags/*'] : refs;
  const specs = wanted.map((ref) => `+${ref}:${ref}`);
  const fetch = ['fetch', '--quiet', '--no-tags', '--filter=tree:0', 'origin', commit, ...specs];
  await git(place, ...fetch);
  // Not what git keeps of the remote besides.
  const kinds = ['refs/heads/', 'refs/tags/'];
  const list = ['for-each-ref', `--contains=${commit}`, '--format=%(refname)', ...kinds];
  return new Set((await git(place, ...list)).split('\n').filter((name) => name !== ''));
}
