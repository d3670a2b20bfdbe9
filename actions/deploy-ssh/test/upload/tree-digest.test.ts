import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readTree } from '../../src/upload/read-tree.ts';
import { type Thing, type Things, write } from './tree-on-disk.ts';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-sums-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const things: Things = new Map<string, Thing>([
  ['plain', { text: 'a', mode: 0o644 }],
  ['-rf', { text: 'b', mode: 0o755 }],
  ['back\\slash', { text: 'c', mode: 0o644 }],
  ['new\nline', { text: 'd', mode: 0o644 }],
  ['return\r', { text: 'e', mode: 0o644 }],
  ['\\n', { text: 'f', mode: 0o644 }],
  ['d/é', { text: 'g', mode: 0o644 }],
  ['empty', 'folder'],
  ['link', { target: 'plain' }],
]);

function root(name: string, of: Things): string {
  const path = join(folder, name);
  mkdirSync(path);
  write(path, of);
  return path;
}

describe('the sums of a release', () => {
  it('are what sha256sum writes and checks', async () => {
    const path = root('a', things);
    const tree = await readTree(path, signal);
    const names = [...things].flatMap(([name, thing]) =>
      thing !== 'folder' && 'text' in thing ? [`./${name}`] : [],
    );
    const sums = gunzipSync(tree.sums).toString();
    const theirs = execFileSync('sha256sum', ['--', ...names], { cwd: path, encoding: 'utf8' });
    expect(sums.split('\n').sort()).toEqual(theirs.split('\n').sort());
    writeFileSync(join(folder, 'sums'), sums);
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', '../sums'], { cwd: path });
  });
});

describe('the proof of a release', () => {
  it('is the same for the same tree', async () => {
    const [a, b] = await Promise.all([
      readTree(root('a', things), signal),
      readTree(root('b', things), signal),
    ]);
    expect(b.digest).toBe(a.digest);
  });

  it.each<[string, (all: Map<string, Thing>) => unknown]>([
    ['a content', (all) => all.set('plain', { text: 'A', mode: 0o644 })],
    ['a mode', (all) => all.set('plain', { text: 'a', mode: 0o600 })],
    ['a name', (all) => all.delete('plain') && all.set('plain2', { text: 'a', mode: 0o644 })],
    ['a target', (all) => all.set('link', { target: 'empty' })],
    ['a kind', (all) => all.set('link', { text: 'plain', mode: 0o644 })],
    ['one more', (all) => all.set('more', 'folder')],
    ['one less', (all) => all.delete('empty')],
  ])('differs with %s', async (_, change) => {
    const changed = new Map(things);
    change(changed);
    const before = await readTree(root('a', things), signal);
    const after = await readTree(root('b', changed), signal);
    expect(after.digest).not.toBe(before.digest);
  });
});
