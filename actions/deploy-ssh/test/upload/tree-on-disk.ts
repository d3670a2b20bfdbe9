import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';

/** What is at a path: a file's text and mode, a link's target, or a folder. */
export type Thing = { text: string; mode: number } | { target: string } | 'folder';
export type Things = ReadonlyMap<string, Thing>;

/** Puts things into a folder that is there. */
export function write(root: string, things: Things): void {
  for (const [path, thing] of things) {
    const file = join(root, path);
    mkdirSync(thing === 'folder' ? file : dirname(file), { recursive: true, mode: 0o755 });
    if (thing === 'folder') continue;
    if ('target' in thing) {
      symlinkSync(thing.target, file);
    } else {
      writeFileSync(file, thing.text);
      chmodSync(file, thing.mode);
    }
  }
}

/** Everything below a folder, one line each, so that a difference can be read; without times. */
export function look(root: string, above = ''): string[] {
  return readdirSync(join(root, above))
    .sort()
    .flatMap((name) => {
      const path = join(above, name);
      const stats = lstatSync(join(root, path));
      const shown = `${JSON.stringify(path)} ${(stats.mode & 0o7777).toString(8)}`;
      if (stats.isSymbolicLink()) return [`${shown} -> ${readlinkSync(join(root, path))}`];
      if (stats.isDirectory()) return [`${shown} folder`, ...look(root, path)];
      return [`${shown} ${readFileSync(join(root, path), 'base64')}`];
    });
}

const odd = [
  '-rf',
  ' ',
  "it's",
  '"',
  '$(id)',
  '`id`',
  '\n',
  '\r',
  '\\',
  '\\n',
  '*',
  'ü',
  '日本',
  '😀',
  '.x',
  '=',
  '%0A',
  '#',
  '~',
  '|;&',
  '\t',
  '[a]',
  '\x1b[1m',
];
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'd') },
  { weight: 2, arbitrary: fc.constantFrom(...odd) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('x'.repeat(99), 'y'.repeat(100), 'é'.repeat(60), 'z'.repeat(255)),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom(...odd), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('')),
  },
);
const thing: fc.Arbitrary<Thing> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      text: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 510, max: 3_000 }).map((size) => 'long'.repeat(size)),
      ),
      mode: fc.constantFrom(0o644, 0o755, 0o600, 0o444, 0o640, 0o777, 0o400),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Thing>('folder') },
  { weight: 1, arbitrary: name.map((target): Thing => ({ target })) },
);

/** Any tree, with the names and contents that trip tools up. */
export const anyThings: fc.Arbitrary<Things> = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), thing), { maxLength: 12 })
  .map((entries) => fitting(entries.map(([parts, one]) => [parts.join('/'), one])));

/** A tree, and what became of it: some things are as before, some have gone, some are new. */
export const anyChange: fc.Arbitrary<{ before: Things; after: Things }> = fc
  .tuple(anyThings, anyThings)
  .chain(([before, news]) =>
    fc
      .shuffledSubarray([...before])
      .map((kept) => ({ before, after: fitting([...kept, ...news]) })),
  );

// What is a file or a link already cannot be a folder too, nor the other way round.
function fitting(entries: ReadonlyArray<readonly [string, Thing]>): Things {
  const things = new Map<string, Thing>();
  const folders = new Set<string>();
  for (const [path, thing] of entries) {
    const parts = path.split('/');
    const above = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    if (above.some((folder) => (things.get(folder) ?? 'folder') !== 'folder')) continue;
    if (things.has(path) || folders.has(path)) continue;
    things.set(path, thing);
    for (const folder of above) folders.add(folder);
  }
  return things;
}
