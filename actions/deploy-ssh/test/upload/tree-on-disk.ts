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
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';

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
        fc.string({ unit: anyCharacter }),
        fc.integer({ min: 510, max: 3_000 }).map((size) => 'long'.repeat(size)),
      ),
      mode: fc.constantFrom(0o644, 0o755, 0o600, 0o444, 0o640, 0o777, 0o400),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Thing>('folder') },
  { weight: 1, arbitrary: name.map((target): Thing => ({ target })) },
);

/** Any tree, with the names and contents that trip tools up. */
const anyTree: fc.Arbitrary<Things> = fc
  .array(fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), thing), { maxLength: 12 })
  .map((entries) => fitting(entries.map(([parts, one]) => [parts.join('/'), one])));

/** A tree, and what became of it: some things are as before, some have gone, some are new. */
const anyTreeChange: fc.Arbitrary<Change> = fc
  .tuple(anyTree, anyTree)
  .chain(([before, news]) =>
    fc
      .shuffledSubarray([...before])
      .map((kept) => ({ before, after: fitting([...kept, ...news]) })),
  );

// One upload starts two dozen programs, whether it is of one tree or of several.
const severalTrees = { minLength: 4, maxLength: 4 };

/** Several trees side by side, in folders of their own; the first one has none. */
export const anyThings: fc.Arbitrary<Things> = fc.array(anyTree, severalTrees).map(sideBySide);

/** {@link anyThings}, and what became of them. */
export const anyChange: fc.Arbitrary<Change> = fc
  .array(anyTreeChange, severalTrees)
  .map((changes) => ({
    before: sideBySide(changes.map(({ before }) => before)),
    after: sideBySide(changes.map(({ after }) => after)),
  }));

interface Change {
  before: Things;
  after: Things;
}

function sideBySide(trees: readonly Things[]): Things {
  return new Map(
    trees.flatMap((tree, index) =>
      [...tree].map(([path, thing]): [string, Thing] => [
        index === 0 ? path : `tree ${index}/${path}`,
        thing,
      ]),
    ),
  );
}

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
