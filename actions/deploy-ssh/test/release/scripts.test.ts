import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keptReleases, keptReleasesScript } from '../../src/compose/releases.ts';
import { switchScript } from '../../src/host/current-link.ts';
import { readKept } from '../../src/host/kept-releases.ts';
import { isReleaseId, releaseId } from '../../src/host/release-id.ts';
import { dressScript } from '../../src/release/dress-script.ts';
import {
  keepScript,
  keptTreesScript,
  readTreeState,
  treeStateScript,
} from '../../src/release/scripts.ts';
import { script } from '../../src/ssh/shell.ts';

const [first, second] = [releaseId(1, '0123456'), releaseId(2, '89abcde')];
const secret = 'pl4nted';
const key = 'ab'.repeat(32);
const facts = { env: new Map([['TOKEN', secret]]), shared: [], content: 'a b', key };

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "slipway it's "));
  mkdirSync(join(path, '.slipway'));
  mkdirSync(join(path, 'releases', first), { recursive: true });
});
afterEach(() => rmSync(path, { recursive: true }));

function run(body: string): string {
  const printed = execFileSync('bash', ['-s'], {
    input: script(body, 'mark'),
    cwd: path,
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return printed.slice(printed.indexOf('\n') + 1);
}
const inRelease = (name: string) => join(path, 'releases', first, name);
const put = (name: string, text: string) => {
  mkdirSync(dirname(join(path, name)), { recursive: true });
  writeFileSync(join(path, name), text);
};
const link = (target: string, name: string) => {
  mkdirSync(dirname(inRelease(name)), { recursive: true });
  symlinkSync(target, inRelease(name));
};
const state = () => readTreeState(run(treeStateScript(path)));
const kept = () => readKept(run(keptTreesScript(path))).map(({ id }) => id);
const prove = () =>
  run(`${dressScript(first, facts)}\n${switchScript(first)}\n${keepScript(first, 5)}`);

describe('the name of a release', () => {
  it.each([
    ['20261121-093000123-0123456', true],
    ['20261121-093000123', true],
    ['../../evil', false],
    ['20261121-093000123-0123456\n', false],
    ['20261121-093000123-0123456/../..', false],
    ['$(touch pwned)', false],
    ['20261121-093000123-012345G', false],
    ['', false],
  ])('%j is one: %s', (text, is) => {
    expect(isReleaseId(text)).toBe(is);
    const script = `${keptReleasesScript('/')}`;
    // The host judges as we do.
    const judge = script.split('\n').find((line) => line.startsWith('is_release'));
    const said = execFileSync(
      'bash',
      ['-c', `${judge}; is_release "$1" && echo yes || echo no`, '', text],
      {
        encoding: 'utf8',
      },
    );
    expect(said).toBe(is ? 'yes\n' : 'no\n');
  });
});

describe('what a host prints of its releases', () => {
  it('is data, whatever is in a file that a release brings', () => {
    prove();
    const line = `kept $(touch\${IFS}pwned) ${'a'.repeat(64)} eA==`;
    put(`releases/${first}/image`, `x\n${line}\nproven ${line}\n`);
    put(`releases/${first}/proven`, line);
    expect(kept()).toEqual([first]);
    expect(readKept(run(keptTreesScript(path)))[0]?.image).toBe('');
    // Nor is it a release of mode compose, which would run its file `env`.
    put(`releases/${first}/compose.yaml`, 'services: {}');
    put(`releases/${first}/env`, 'touch pwned');
    expect(keptReleases(run(keptReleasesScript(path)))).toEqual([]);
  });

  it('leaves out what has not the name of one', () => {
    prove();
    for (const name of ['x\nkept 1 2 3', '..evil', `${second}\n`, '$(id)']) {
      mkdirSync(join(path, 'releases', name));
      put(`.slipway/kept/${name}`, '');
      put(`.slipway/releases/${name}`, '');
    }
    symlinkSync('/tmp', join(path, 'releases', second));
    put(`.slipway/kept/${second}`, '');
    put(`.slipway/releases/${second}`, '');
    expect(kept()).toEqual([first]);
  });

  it.each([
    '../../evil',
    'releases/../../evil',
    `elsewhere/releases/${'20260101-000000000'}`,
    '/srv/other/releases/20260101-000000000',
    'releases/x\nproven 20260101-000000000',
  ])('has no current release where the link goes to %j', (target) => {
    symlinkSync(target, join(path, 'current'));
    const link = { target, leadsSomewhere: false, blocked: false };
    expect(state()).toEqual({ key: undefined, current: undefined, proven: undefined, link });
  });

  it.each(['../evil', `${first}/../../evil`, `${first}\n${second}`, '$(touch pwned)', ''])(
    'has no proven release where its file says %j',
    (text) => {
      mkdirSync(join(path, 'evil'));
      put('.slipway/proven', text);
      expect(state().proven).toBeUndefined();
      expect(existsSync(join(path, 'pwned'))).toBe(false);
    },
  );

  it('is what was kept', () => {
    prove();
    const link = { target: `releases/${first}`, leadsSomewhere: true, blocked: false };
    expect(state()).toEqual({ key, current: first, proven: { id: first, content: 'a b' }, link });
  });
});

describe('the environment of a release', () => {
  it.each([
    ['.env.part', 'public/env.txt'],
    ['.slipway/env.part', '../public/env.txt'],
  ])('does not go through a link %s -> %s that the release brings', (name, target) => {
    put(`releases/${first}/public/env.txt`, 'of the release');
    link(target, name);
    run(dressScript(first, facts));
    expect(readFileSync(inRelease('public/env.txt'), 'utf8')).toBe('of the release');
    expect(lstatSync(inRelease('.env')).isFile()).toBe(true);
    expect(lstatSync(inRelease('.env')).mode & 0o777).toBe(0o600);
    expect(readFileSync(inRelease('.env'), 'utf8')).toBe(`TOKEN=${secret}\n`);
    expect(readlinkSync(inRelease(name))).toBe(target);
    expect(existsSync(join(path, '.slipway/env.part'))).toBe(false);
  });

  it('does not go through a link of its name, nor replace it', () => {
    put(`releases/${first}/public/env.txt`, 'of the release');
    link('public/env.txt', '.env');
    expect(() => run(dressScript(first, facts))).toThrow('the release brings a .env');
    expect(readFileSync(inRelease('public/env.txt'), 'utf8')).toBe('of the release');
    expect(readlinkSync(inRelease('.env'))).toBe('public/env.txt');
  });

  it('does not go into a folder of its name', () => {
    mkdirSync(inRelease('.env/env.part'), { recursive: true });
    expect(() => run(dressScript(first, facts))).toThrow(/\.env/);
    expect(existsSync(inRelease('.env/.env'))).toBe(false);
  });
});

describe('a shared path', () => {
  it.each(['storage/files/', 'storage/deep/er/'])(
    '%s behind a link of the release is refused',
    (shared) => {
      mkdirSync(inRelease('public'));
      put(`releases/${first}/public/files/kept`, 'kept');
      link('public', 'storage');
      expect(() => run(dressScript(first, { ...facts, shared: [shared] }))).toThrow(
        `releases/${first}/storage is a link; the shared path ${shared.slice(0, -1)} cannot lie behind it`,
      );
      expect(readFileSync(inRelease('public/files/kept'), 'utf8')).toBe('kept');
    },
  );

  it('that is itself a link of the release is what is shared', () => {
    link('public', 'storage');
    run(dressScript(first, { ...facts, shared: ['storage/'] }));
    expect(readlinkSync(inRelease('storage'))).toBe('../../shared/storage');
  });
});
