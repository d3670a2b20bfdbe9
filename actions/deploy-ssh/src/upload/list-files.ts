import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { Failure } from '@slipway/shared/failure/failure';
import { readIgnoreRules } from './ignore-rules.ts';
import { linkProblem } from './link-target.ts';
import { shownName } from './shown-name.ts';
import type { FoundEntry } from './tree.ts';

const mostProblems = 10;

/**
 * Lists a folder: regular files, folders, symbolic links, without what the ignore file leaves out
 * and without `.git`. Reads folders one after the other and at once, as that is six times as fast as
 * through the thread pool; between two of them others get their turn.
 * @returns sorted by the bytes of the paths
 * @throws Failure `action/input` that names what cannot be sent
 */
export async function listFiles(root: string, signal: AbortSignal): Promise<FoundEntry[]> {
  const rules = await readIgnoreRules(root);
  const found: FoundEntry[] = [];
  const problems: string[] = [];
  const problem = (path: string, wrong: string) => {
    if (problems.length < mostProblems) {
      problems.push(`Input source holds ${shownName(path)}, which ${wrong}.`);
    }
  };

  const walk = async (folder: string, above: string): Promise<void> => {
    await othersFirst();
    signal.throwIfAborted();
    const isLeftOut = rules.inFolder();
    for (const child of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const name = child.name.toString();
      const path = `${above}${name}`;
      if (name === '.git') continue;
      const leftOut = isLeftOut(path);
      if (leftOut && !(child.isDirectory() && rules.exceptions)) continue;
      if (!Buffer.from(name).equals(child.name)) {
        problem(path, 'has a name that is not UTF-8');
        continue;
      }
      const file = join(folder, name);
      if (child.isDirectory()) {
        const before = found.push({
          kind: 'folder',
          path,
          mode: permissions(lstatSync(file)) | 0o700,
        });
        await walk(file, `${path}/`);
        // It was only opened for what might be taken nevertheless.
        if (leftOut && found.length === before) found.pop();
      } else if (child.isFile()) {
        const stats = lstatSync(file);
        const modified = Math.max(0, Math.floor(stats.mtimeMs / 1000));
        found.push({ kind: 'file', path, mode: permissions(stats), size: stats.size, modified });
      } else if (child.isSymbolicLink()) {
        const raw = readlinkSync(file, { encoding: 'buffer' });
        const target = raw.toString();
        const wrong = Buffer.from(target).equals(raw) ? linkProblem(path, target) : 'is not UTF-8';
        if (wrong) problem(path, `is a symbolic link whose target ${shownName(target)} ${wrong}`);
        else found.push({ kind: 'link', path, target });
      } else {
        problem(path, 'is neither a file, a folder nor a symbolic link');
      }
    }
  };

  await walk(root, '');
  if (problems.length > 0) {
    const valid = 'Valid: remove it, or name it in .slipwayignore.';
    throw Failure.of('action/input', { problems: [...problems, valid].join('\n') });
  }
  return sortedByBytes(found);
}

/** Without set-user-ID, set-group-ID and the sticky bit, which nobody means to deploy. */
function permissions({ mode }: Stats): number {
  return mode & 0o777;
}

// As `LC_ALL=C sort` does it; one UTF-16 unit after the other would be another order.
function sortedByBytes(found: readonly FoundEntry[]): FoundEntry[] {
  return found
    .map((entry) => ({ entry, key: Buffer.from(entry.path).toString('latin1') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => entry);
}
