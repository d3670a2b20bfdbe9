import type { TreeEntry } from './tree.ts';

/**
 * The files of a release as `sha256sum` prints them, so that `sha256sum -c` checks them. A name with
 * a backslash or a line break is escaped, and its line starts with a backslash
 * (https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html).
 */
export function sumsOf(entries: readonly TreeEntry[]): string {
  return entries
    .map((entry) => {
      if (entry.kind !== 'file') return '';
      const name = entry.path.replace(/[\\\n\r]/g, (char) => escapes.get(char) ?? char);
      return `${name === entry.path ? '' : '\\'}${entry.sha256}  ./${name}\n`;
    })
    .join('');
}

const escapes = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
]);

/**
 * One digest of a whole release. The host takes the same of what it has (receive-script.ts), so
 * nothing may be missing, be there in addition, or differ in kind, mode, size or target; that the
 * contents are those of the sums it checks by itself. The parts: all paths, each with a NUL behind
 * it; kind, mode and size of each; the targets of the links; the sums of the files.
 */
export async function treeDigest(entries: readonly TreeEntry[], sums: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update('.\0');
  for (const { path } of entries) hash.update(`./${path}\0`);
  hash.update('4 755\n');
  for (const entry of entries) hash.update(statusOf(entry));
  for (const entry of entries) if (entry.kind === 'link') hash.update(`${entry.target}\n`);
  return hash.update(sums).digest('hex');
}

// The first digit of the raw mode in hex, the permissions, and the size where it means something.
function statusOf(entry: TreeEntry): string {
  switch (entry.kind) {
    case 'folder':
      return `4 ${octal(entry.mode)}\n`;
    case 'file':
      return `8 ${octal(entry.mode)} ${entry.size}\n`;
    case 'link':
      return `a 777 ${Buffer.byteLength(entry.target)}\n`;
  }
}

/** Permissions in three digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
