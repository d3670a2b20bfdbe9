import { git } from './run.ts';

/** A file that differs between two commits. */
export interface ChangedFile {
  oid: string | null;
  path: string;
  previousPath?: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';
  additions: number;
  deletions: number;
  /** Hunks of the diff; none for a binary file. */
  patch?: string;
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const statuses: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/**
 * Files that differ between two commits, in git's order.
 * @param base id of a commit; undefined: everything in the head was added
 * Source: https://git-scm.com/docs/git-diff-tree, "Raw output format" with `-z`
 */
export async function changedFiles(
  folder: string,
  base: string | undefined,
  head: string,
): Promise<ChangedFile[]> {
  const between = ['-r', '-M', base ?? emptyTree, head];
  const [listed, patches] = await Promise.all([
    git(folder, ['diff-tree', '-z', '--raw', '--numstat', '--abbrev=40', ...between]),
    git(folder, ['diff-tree', '-p', '--no-color', ...between]),
  ]);
  const hunks = patches.toString('utf8').split(/^diff --git .*$/m);
  const fields = listed.toString('utf8').split('\0');
  const files: ChangedFile[] = [];
  let at = 0;
  for (; fields[at]?.startsWith(':'); ) {
    const [, , , oid = '', letter = ''] = (fields[at] ?? '').split(' ');
    const moved = /^[RC]/.test(letter);
    const [from = '', to = ''] = fields.slice(at + 1, at + 3);
    const patch = /^@@[\s\S]*/m.exec(hunks[files.length + 1] ?? '')?.[0];
    files.push({
      oid: /^0+$/.test(oid) ? null : oid,
      path: moved ? to : from,
      ...(moved && { previousPath: from }),
      status: statuses[letter.slice(0, 1)] ?? 'changed',
      additions: 0,
      deletions: 0,
      ...(patch !== undefined && { patch: patch.replace(/\n$/, '') }),
    });
    at += moved ? 3 : 2;
  }
  for (const file of files) {
    const [additions = '-', deletions = '-'] = (fields[at] ?? '').split('\t');
    file.additions = Number(additions) || 0;
    file.deletions = Number(deletions) || 0;
    at += file.previousPath === undefined ? 1 : 3;
  }
  return files;
}
