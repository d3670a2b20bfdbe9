import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

/** `name: path` of each file below a folder that holds one of the texts. */
export function filesWith(folder: string, texts: Readonly<Record<string, string>>): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => realpathSync(join(entry.parentPath, entry.name)));
  return [...new Set(files)]
    .flatMap((path) => {
      const content = readFileSync(path, 'latin1');
      return Object.entries(texts)
        .filter(([, text]) => content.includes(text))
        .map(([name]) => `${name}: ${relative(folder, path)}`);
    })
    .sort();
}
