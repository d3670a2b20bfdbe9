import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { manifestsInput } from '../../src/manifests/given.ts';
import { readManifests } from '../../src/manifests/read-manifests.ts';

let workspace = '';

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'manifests-')));
});

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

async function read(input: string) {
  const given = manifestsInput(workspace).parse(input);
  return readManifests(given, workspace, async () => undefined);
}

const namesOf = async (input: string) => (await read(input)).map(({ name }) => name);

async function refusal(input: string): Promise<string> {
  try {
    await read(input);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

describe('manifests are read', () => {
  it.each([
    ['text', config('a'), ['a']],
    ['text in JSON', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}', ['a']],
    [
      'several documents',
      `---\n${config('a')}---\n# nothing\n---\n${config('b')}...\n`,
      ['a', 'b'],
    ],
    [
      'a list',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n',
      ['a', 'b'],
    ],
    [
      'a list of one kind',
      'apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n',
      ['a'],
    ],
    [
      'a Job that has its name made',
      'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-}\n',
      ['migrate'],
    ],
  ])('from %s', async (_, text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  it('from files and folders, by name, without what is hidden or of another kind', async () => {
    write({
      'k8s/b.yml': config('b'),
      'k8s/a.yaml': config('a'),
      'k8s/c/d.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}}',
      'k8s/.hidden.yaml': 'no: manifest',
      'k8s/.git/e.yaml': 'no: manifest',
      'k8s/README.md': 'no manifest',
      'z.yaml': config('z'),
    });
    expect(await namesOf('z.yaml\nk8s')).toEqual(['z', 'a', 'b', 'd']);
  });

  it('with the mark of UTF-8 that editors on Windows write', async () => {
    write({ 'a.yaml': `\uFEFF${config('a')}` });
    expect(await namesOf('a.yaml')).toEqual(['a']);
  });

  it('say where each object is', async () => {
    write({ 'k8s/a.yaml': `# first\n${config('a')}---\n${config('b')}` });
    expect((await read('k8s')).map(({ place }) => place)).toEqual([
      'k8s/a.yaml, line 2',
      'k8s/a.yaml, line 6',
    ]);
  });
});

describe('manifests are refused', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['a tab', 'a:\n\t- b\n', 'which is neither JSON nor YAML, in line 2, column 1: Tabs are not'],
    ['no YAML', 'a: [b\n', 'which is neither JSON nor YAML, in line 2, column 1: '],
    [
      'a key twice',
      `${config('a')}data:\n  x: "1"\n  x: "2"\n`,
      'which has the key x twice, in line 6, column 3',
    ],
    ['a list', '- a\n', 'which has a list instead of an object, in line 1, column 1'],
    [
      'a text behind an object',
      `${config('a')}---\nplain\n`,
      'which has a string instead of an object, in line 5, column 1',
    ],
    ['an unknown tag', 'a: !vault b\n', 'line 1, column 4: Unresolved tag: !vault'],
    ['bytes', 'a: !!binary aGk=\n', 'which is neither JSON nor YAML (a object is no JSON)'],
    ['no number', 'a: .inf\n', 'which has .inf, which JSON has not, in line 1, column 4'],
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefg'[at]}`)}]\n`).join('')}`,
      'Excessive alias count',
    ],
    ['no UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff]), 'which is not UTF-8'],
    ['nothing', '# only a comment\n', 'Input manifests has no object in it'],
  ])('with %s', async (_, content, words) => {
    write({ 'k8s/a.yaml': content });
    expect(await refusal('k8s')).toContain(words);
  });

  it.each([
    ['no apiVersion', 'kind: A\n', 'has an object without an apiVersion, in line 1'],
    ['no kind', 'apiVersion: v1\n', 'has an object without a kind, in line 1'],
    ['no name', 'apiVersion: v1\nkind: Service\n', 'has a Service without metadata.name'],
    ['a name that is a path', config('../x'), 'has a ConfigMap with the name ../x'],
    ['an item that is none', 'apiVersion: v1\nkind: List\nitems: [a]\n', 'an item that is a text'],
    ['items that are none', 'apiVersion: v1\nkind: List\nitems: {}\n', 'whose items are an object'],
    [
      'one object twice',
      `${config('a')}---\n${config('b')}---\n${config('a')}`,
      'has ConfigMap a twice: line 1, and line 9',
    ],
  ])('with %s', async (_, text, words) => {
    expect(await refusal(text)).toContain(words);
  });

  it('of a folder without any', async () => {
    write({ 'k8s/README.md': 'x' });
    expect(await refusal('k8s')).toContain('names k8s, which has no .yaml, .yml or .json file');
  });

  it('behind a link out of the workspace', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'a.yaml'), config('a'));
    mkdirSync(join(workspace, 'k8s'));
    symlinkSync(join(outside, 'a.yaml'), join(workspace, 'k8s/a.yaml'));
    expect(await refusal('k8s')).toContain('names k8s/a.yaml, which leads out of the workspace');
  });
});
