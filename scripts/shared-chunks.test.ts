import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { shareChunks } from './shared-chunks.ts';

const library = `export const ids = [7];\nexport const text = '${'x'.repeat(5_000)}';\n`;
const placed = `${library}export const here = import.meta.dirname;\n`;

let tree: string;
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'slipway-tree-'));
});
afterEach(async () => {
  await rm(tree, { recursive: true });
});

async function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, name)), { recursive: true });
    await writeFile(join(tree, name), text);
  }
}

test('a library that two actions have alike is in the tree once, and both still load it', async () => {
  const package_ = '{"type":"module"}';
  await write({
    'one/dist/7.index.js': library,
    'one/dist/package.json': package_,
    'two/dist/7.index.js': library,
    'two/dist/package.json': package_,
  });
  shareChunks(tree);
  const [shared = '', ...more] = await readdir(join(tree, 'chunks'));
  expect(more).toEqual([]);
  expect(await readFile(join(tree, 'chunks', shared), 'utf8')).toBe(library);
  for (const action of ['one', 'two']) {
    const file = join(tree, action, 'dist/7.index.js');
    expect((await readFile(file, 'utf8')).length).toBeLessThan(100);
    expect(await import(pathToFileURL(file).href)).toMatchObject({
      ids: [7],
      text: 'x'.repeat(5_000),
    });
  }
});

test.each<[string, Record<string, string>]>([
  ['is in one action only', { 'one/dist/7.index.js': library }],
  ['differs', { 'one/dist/7.index.js': library, 'two/dist/7.index.js': `${library}// more\n` }],
  ['is short', { 'one/dist/7.index.js': 'export {};', 'two/dist/7.index.js': 'export {};' }],
  ['asks where it is', { 'one/dist/7.index.js': placed, 'two/dist/7.index.js': placed }],
  ['starts an action', { 'one/dist/index.js': library, 'two/dist/index.js': library }],
])('what %s stays where it is', async (_, files) => {
  await write(files);
  shareChunks(tree);
  for (const [name, text] of Object.entries(files)) {
    expect(await readFile(join(tree, name), 'utf8')).toBe(text);
  }
});
