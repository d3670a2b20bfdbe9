import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Smaller ones are not worth a file more to read at the start. */
const smallest = 4_096;

/**
 * Keeps a chunk that several actions have alike, such as a library, only once: in `chunks`, where
 * one line in each action leads to. A runner always downloads the whole tree.
 * @param tree the release tree
 */
export function shareChunks(tree: string): void {
  const byCode = Map.groupBy(globSync('*/dist/*.index.js', { cwd: tree }).sort(), (file) =>
    readFileSync(join(tree, file), 'utf8'),
  );
  for (const [code, files] of byCode) {
    // What looks for its own place must stay there.
    if (files.length < 2 || code.length < smallest || code.includes('import.meta')) continue;
    const name = `${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
    mkdirSync(join(tree, 'chunks'), { recursive: true });
    writeFileSync(join(tree, 'chunks', name), code);
    for (const file of files) {
      writeFileSync(join(tree, file), `export * from '../../chunks/${name}';\n`);
    }
  }
}
