import type { Commit } from '../history.ts';

/**
 * Reads what `git rev-list --header` prints: commits as they are stored, so that the parents are
 * the true ones even where a shallow repository ends.
 * Source: git-log(1), "raw"
 */
export function readCommits(printed: string): Commit[] {
  return printed
    .split('\0')
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const gap = record.indexOf('\n\n');
      const head = gap < 0 ? record : record.slice(0, gap);
      const [sha = ''] = head.split('\n', 1);
      const parents = [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent);
      const message = gap < 0 ? '' : record.slice(gap + 2).replace(/^ {4}/gm, '');
      return { sha, parents, message: message.trimEnd() };
    });
}
