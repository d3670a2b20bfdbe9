import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { listFiles } from './list-files.ts';
import { shownName } from './shown-name.ts';
import type { FoundFile, Tree, TreeEntry } from './tree.ts';
import { sumsOf, treeDigest } from './tree-digest.ts';

const turn = 20;

/**
 * Lists a folder and reads all of its files once. One tree serves the uploads to any number of hosts.
 * @param root an absolute path
 * @throws Failure `action/input` that names what cannot be sent or read
 */
export async function readTree(root: string, signal: AbortSignal): Promise<Tree> {
  const { createHash } = await import('node:crypto');
  const { gzipSync } = await import('node:zlib');
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  let others = performance.now();
  const contentOf = async (file: FoundFile): Promise<string> => {
    const hash = createHash('sha256');
    const descriptor = openSync(join(root, file.path), 'r');
    try {
      for (let read = -1; read !== 0; hash.update(buffer.subarray(0, read))) {
        read = readSync(descriptor, buffer);
        if (performance.now() - others > turn) {
          await othersFirst();
          signal.throwIfAborted();
          others = performance.now();
        }
      }
    } finally {
      closeSync(descriptor);
    }
    return hash.digest('hex');
  };

  const entries: TreeEntry[] = [];
  let files = 0;
  let bytes = 0;
  for (const found of await listFiles(root, signal)) {
    if (found.kind !== 'file') {
      entries.push(found);
      continue;
    }
    files += 1;
    bytes += found.size;
    try {
      entries.push({ ...found, sha256: await contentOf(found) });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const problems = `Input source holds ${shownName(found.path)}, which cannot be read: ${messageOf(error)}.`;
      throw Failure.of('action/input', { problems }, error);
    }
  }
  const sums = sumsOf(entries);
  const digest = await treeDigest(entries, sums);
  return { root, entries, files, bytes, sums: gzipSync(sums, { level: 4 }), digest };
}
