import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { fileIn, folderIn, leadsInside, realPathIn } from '../../src/action/path-input.ts';

let machine: string;
let workspace: string;

beforeAll(() => {
  machine = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-paths-')));
  workspace = join(machine, 'work');
  mkdirSync(join(workspace, 'site', 'css'), { recursive: true });
  mkdirSync(join(machine, 'home'));
  mkdirSync(join(machine, 'work-of-another-job'));
  writeFileSync(join(machine, 'home', 'key'), 'secret');
  writeFileSync(join(workspace, 'site', 'index.html'), 'hello');
  writeFileSync(join(workspace, '..twodots'), 'a name that only begins so');
  const links = {
    'key-of-the-runner': join(machine, 'home', 'key'),
    home: '../home',
    again: 'home',
    public: 'site',
    nowhere: join(machine, 'not-there'),
    circle: 'circle',
    'site/up': '..',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(workspace, name));
  symlinkSync(workspace, join(machine, 'link-to-work'));
});
afterAll(() => rmSync(machine, { recursive: true }));

const file = (value: string) => fileIn(workspace, 'site/index.html').parse(value);
const folder = (value: string) => folderIn(workspace).parse(value);

describe('a path of an input is inside the workspace, with all links followed', () => {
  it.each([
    ['site/index.html', 'site/index.html'],
    ['./site/../site/index.html', 'site/index.html'],
    ['public/index.html', 'site/index.html'],
    ['site/up/site/index.html', 'site/index.html'],
    ['..twodots', '..twodots'],
  ])('the file %s', (value, path) => expect(file(value)).toBe(join(workspace, path)));

  it.each([
    ['.', '.'],
    ['public', 'site'],
    ['site/up', '.'],
    ['site/css/', 'site/css'],
  ])('the folder %s', (value, path) => expect(folder(value)).toBe(join(workspace, path)));

  it('an absolute one, and one of a workspace that is behind a link itself', () => {
    expect(file(join(workspace, 'site/index.html'))).toBe(join(workspace, 'site/index.html'));
    const linked = join(machine, 'link-to-work');
    expect(realPathIn([linked], 'site')).toBe(join(workspace, 'site'));
    expect(realPathIn([linked], join(workspace, 'site'))).toBe(join(workspace, 'site'));
    expect(realPathIn([linked], 'home/key')).toBeUndefined();
  });
});

describe('a path that leads out is refused, and the words name it', () => {
  it.each([
    ['a link to a file', 'key-of-the-runner'],
    ['a file behind a link to a folder', 'home/key'],
    ['a link to a link', 'again/key'],
    ['a link and a way up', 'public/../../home/key'],
    ['a circle of links', 'circle'],
    ['a way up', '../home/key'],
    ['an absolute path', '/etc/passwd'],
    ['a folder whose name begins like the workspace', '../work-of-another-job/x'],
    ['what is not there yet, behind a link', 'home/not-there'],
  ])('%s', (_, value) => {
    expect(() => file(value)).toThrow(`is not a file inside the workspace: ${value}`);
  });

  it.each(['home', 'again', '..', '/'])('the folder %s', (value) => {
    expect(() => folder(value)).toThrow(`is not a folder inside the workspace: ${value}`);
  });

  it.each(['not-there', 'nowhere', 'site', 'site/index.html/x'])(
    'the file %s is not there',
    (value) => {
      expect(() => file(value)).toThrow(`is a file that is not there: ${value}`);
    },
  );

  it('an address is no path', () => {
    expect(() => folder('https://example.com/a.git')).toThrow('is not a folder but an address');
  });
});

test('a second folder of the job counts, but not by a link of the first one', () => {
  const roots = [workspace, join(machine, 'home')];
  expect(realPathIn(roots, join(machine, 'home', 'key'))).toBe(join(machine, 'home', 'key'));
  expect(realPathIn(roots, 'home/key')).toBeUndefined();
});

test.each([
  ['D:\\a\\app', 'D:\\a\\app\\site', true],
  ['D:\\a\\app', 'd:\\A\\App\\site', true],
  ['D:\\a\\app', 'D:\\a\\app', true],
  ['D:\\a\\app', 'D:\\a\\application', false],
  ['D:\\a\\app', 'D:\\a\\app\\..\\key', false],
  ['D:\\a\\app', 'C:\\Users\\runner\\key', false],
  ['D:\\a\\app', '\\\\server\\share\\key', false],
  ['D:\\a\\app', '\\\\?\\C:\\key', false],
])('on Windows, in %s: %s is %s', (root, path, inside) => {
  expect(leadsInside(root, path, win32)).toBe(inside);
});
