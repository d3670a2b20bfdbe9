import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Which paths stay behind. */
export interface IgnoreRules {
  /** Whether something below a path that is left out may be taken nevertheless. */
  exceptions: boolean;
  /** A test for the paths of one folder, which are given from the root on. */
  inFolder(): (path: string) => boolean;
}

const files = ['.slipwayignore', '.dockerignore'];

/**
 * Reads `.slipwayignore`, or `.dockerignore` where there is none. Both mean what Docker means by them
 * (https://docs.docker.com/build/concepts/context/#dockerignore-files): patterns count from the root
 * of the folder on, the last one that matches a path or a folder above it decides, `!` takes back.
 */
export async function readIgnoreRules(root: string): Promise<IgnoreRules> {
  const file = files.map((name) => join(root, name)).find((path) => existsSync(path));
  return ignoreRules(file === undefined ? '' : await readFile(file, 'utf8'));
}

/** Rules from the text of an ignore file. */
export async function ignoreRules(text: string): Promise<IgnoreRules> {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap(patternOf);
  if (patterns.length === 0) return { exceptions: false, inFolder: () => () => false };
  const { default: ignore } = await import('ignore');
  // The library has Git's order of precedence, where nothing below a folder that is left out can be
  // taken back; so each pattern is asked by itself. As it also looks at the folders above a path and
  // reads the rest of a pattern as Docker does, the order is all there is to add.
  const options = { ignorecase: false };
  const rules = patterns.map(({ glob, taken }) => ({ glob: ignore(options).add(glob), taken }));
  return {
    exceptions: patterns.some(({ taken }) => taken),
    inFolder() {
      // A matcher remembers every path that it was asked about: one for each folder.
      const asked = rules.map(({ glob, taken }) => ({ glob: ignore(options).add(glob), taken }));
      return (path) =>
        asked.reduce((out, { glob, taken }) => (glob.ignores(path) ? !taken : out), false);
    },
  };
}

function patternOf(line: string): Array<{ glob: string; taken: boolean }> {
  if (line.startsWith('#')) return [];
  const text = line.trim();
  const taken = text.startsWith('!');
  const path = posix.normalize(taken ? text.slice(1).trim() : text).replace(/^\/|\/$/g, '');
  return path === '' || path === '.' ? [] : [{ glob: `/${path}`, taken }];
}
