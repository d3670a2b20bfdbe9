import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type GitSettings, gitFiles } from '../../src/git/git-files.ts';
import { repositoryAddress } from '../../src/git/repository/repository.ts';
import { localHost } from '../upload/local-host.ts';
import { commit, git, gitReading, makeRepository } from './repositories.ts';

const { signal } = new AbortController();
const odd = 'new\nline "quoted" \\ é';

describe('the files of a commit', () => {
  let folder: string;
  let work: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway git it's $here "));
    work = makeRepository(join(folder, 'work'));
    path = join(folder, 'app');
    mkdirSync(path);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const releases = () => readdirSync(join(path, 'releases')).sort();
  const mirrors = () => readdirSync(join(path, '.slipway/git'));
  const mirror = () => join(path, '.slipway/git', mirrors()[0] ?? '');

  /** Deploys a commit of the work tree; returns what was said. */
  async function bring(id: string, wanted: string, more: Partial<GitSettings> = {}) {
    const said: string[] = [];
    const say = (line: string) => said.push(line);
    const files = gitFiles({
      repository: repositoryAddress.parse(`file://${work}`),
      commit: wanted,
      submodules: true,
      access: { deployKey: undefined, token: undefined, pins: [] },
      warn: say,
      ...more,
    });
    const host = localHost();
    await files.check?.(host, signal);
    await files.bring(host, { path, id, previous: undefined, signal, say });
    return said;
  }

  it('are those of the commit, whatever their names, without .git', async () => {
    mkdirSync(join(work, 'links'));
    symlinkSync(`../a b/${odd}`, join(work, 'links/there'));
    writeFileSync(join(work, 'run'), '#!/bin/sh\n');
    chmodSync(join(work, 'run'), 0o755);
    const wanted = commit(work, {
      [`a b/${odd}`]: 'odd',
      '-rf': 'dash',
      '.gitattributes': '/a* export-ignore\n*.bat eol=crlf\n',
      'run.bat': 'one\ntwo\n',
    });
    writeFileSync(join(work, 'later'), 'not in the commit');
    expect(await bring('1', wanted)).toEqual([
      expect.stringMatching(
        `^checked out ${wanted} of file:///.*: 6 files \\(\\d+ KiB fetched\\)$`,
      ),
    ]);
    const at = join(path, 'releases/1');
    expect(readdirSync(at).sort()).toEqual(
      ['-rf', '.gitattributes', 'a b', 'links', 'run', 'run.bat'].sort(),
    );
    expect(readFileSync(join(at, 'a b', odd), 'utf8')).toBe('odd');
    expect(readFileSync(join(at, 'run.bat'), 'utf8')).toBe('one\r\ntwo\r\n');
    expect(readlinkSync(join(at, 'links/there'))).toBe(`../a b/${odd}`);
    expect(statSync(join(at, 'run')).mode & 0o777).toBe(0o755);
    expect(statSync(join(at, '-rf')).mode & 0o777).toBe(0o644);
    expect(statSync(at).mode & 0o777).toBe(0o755);
    expect(releases()).toEqual(['1']);
  });

  it('come from a mirror that a killed run or a full disk left behind', async () => {
    const first = commit(work, { a: '1', b: 'b' });
    await bring('1', first);
    for (const left of ['shallow.lock', 'config.lock', `refs/slipway/${first}.lock`, 'gc.pid']) {
      writeFileSync(join(mirror(), left), '');
    }
    mkdirSync(join(mirror(), 'objects/pack'), { recursive: true });
    writeFileSync(join(mirror(), 'objects/pack/tmp_pack_1'), 'half');
    mkdirSync(join(path, 'releases/0.part'));
    const second = commit(work, { a: '2' });
    await bring('2', second);
    expect(readFileSync(join(path, 'releases/2/a'), 'utf8')).toBe('2');
    expect(readdirSync(join(mirror(), 'objects/pack'))).not.toContain('tmp_pack_1');

    const blob = git(work, 'rev-parse', `${second}:b`);
    const loose = join(mirror(), 'objects', blob.slice(0, 2), blob.slice(2));
    chmodSync(loose, 0o644);
    truncateSync(loose, 0);
    await bring('3', second);
    rmSync(join(mirror(), 'HEAD'));
    await bring('4', second);
    expect(readFileSync(join(path, 'releases/4/b'), 'utf8')).toBe('b');
    expect(releases()).toEqual(['1', '2', '3', '4']);
  });

  it('come from a commit that no branch has any more, and only their differences are fetched', async () => {
    const large = Array.from({ length: 40_000 }, (_, line) => `line ${line} ${line * line}\n`);
    const first = commit(work, { large: large.join('') });
    git(work, 'checkout', '--quiet', '-b', 'other');
    const forced = commit(work, { small: '1' });
    git(work, 'checkout', '--quiet', '-');
    git(work, 'branch', '--quiet', '--delete', '--force', 'other');
    const fetched = (said: string[]) => Number(/(\d+) KiB fetched/.exec(said.join('\n'))?.[1]);
    expect(fetched(await bring('1', first))).toBeGreaterThan(50);
    expect(fetched(await bring('2', forced))).toBeLessThan(20);
    expect(fetched(await bring('3', forced))).toBe(0);
    expect(readdirSync(join(path, 'releases/2')).sort()).toEqual(['large', 'small']);
  });

  it('do not fill the mirror: it forgets what this release does not need', async () => {
    await bring('1', commit(work, { a: '1' }));
    const packs = join(mirror(), 'objects/pack');
    for (let round = 0; round < 11; round += 1) {
      const unused = gitReading(`${round}`, mirror(), 'hash-object', '-w', '--stdin');
      gitReading(`${unused}\n`, mirror(), 'pack-objects', '--quiet', join(packs, 'pack'));
    }
    const wanted = commit(work, { a: '2' });
    await bring('2', wanted);
    expect(readdirSync(packs).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
    expect(git(mirror(), 'for-each-ref', '--format=%(refname)')).toBe(`refs/slipway/${wanted}`);
    expect(readFileSync(join(mirror(), 'shallow'), 'utf8')).toBe(`${wanted}\n`);

    const elsewhere = makeRepository(join(folder, 'elsewhere'));
    const other = commit(elsewhere, { c: '3' });
    await bring('other', other, { repository: repositoryAddress.parse(`file://${elsewhere}`) });
    expect(mirrors()).toHaveLength(1);
  });

  it('leave nothing when the commit is not there', async () => {
    const known = commit(work, { a: '1' });
    await bring('1', known);
    await expect(bring('2', 'f'.repeat(40))).rejects.toMatchObject({
      code: 'git/commit',
      message: `file://${work} does not have the commit ${'f'.repeat(40)}.`,
    });
    expect(releases()).toEqual(['1']);
  });

  it('may not have a link to what is outside of the release', async () => {
    mkdirSync(join(work, 'deep'));
    symlinkSync('../../secret', join(work, 'deep/link'));
    await expect(bring('1', commit(work))).rejects.toMatchObject({
      code: 'git/links',
      message:
        'The commit has the symbolic link "deep/link", whose target "../../secret" is outside the folder.',
    });
  });

  it('are warned about when Git LFS has their content', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    const wanted = commit(work, {
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'a.bin': pointer,
      'b/c.bin': pointer,
      'about.md': `a text about\n${pointer}`,
    });
    const warning = (await bring('1', wanted)).at(-1);
    expect(warning).toMatch(
      /^Git LFS has the content of 2 files, such as "(?:a|b\/c)\.bin"; the release has only their pointers/,
    );
    expect(readFileSync(join(path, 'releases/1/a.bin'), 'utf8')).toBe(pointer);
  });

  it('come from a repository with SHA-256', async () => {
    const other = makeRepository(join(folder, 'sha256'), '--object-format=sha256');
    const wanted = commit(other, { a: '1' });
    expect(wanted).toHaveLength(64);
    await bring('1', wanted, { repository: repositoryAddress.parse(`file://${other}`) });
    expect(readFileSync(join(path, 'releases/1/a'), 'utf8')).toBe('1');
  });

  describe('with submodules', () => {
    const lib = () => makeRepository(join(folder, 'lib'));
    const addSubmodule = (at: string, url: string, name: string) =>
      git(at, 'submodule', '--quiet', 'add', url, name);

    it('have them at the commits that are recorded, nested and relative ones too', async () => {
      const deepest = makeRepository(join(folder, 'deepest'));
      commit(deepest, { 'of deepest': 'old' });
      addSubmodule(lib(), '../deepest', 'nested');
      commit(deepest, { 'of deepest': 'new' });
      symlinkSync('../root', join(lib(), 'up'));
      commit(lib(), { 'of lib': '1' });
      git(work, 'config', 'remote.origin.url', `file://${work}`);
      addSubmodule(work, '../lib', 'vendor of mine');
      const wanted = commit(work, { root: '1' });
      const said = await bring('1', wanted);
      expect(said.at(-1)).toContain(' with 2 submodules: ');
      const at = join(path, 'releases/1');
      expect(readdirSync(join(at, 'vendor of mine')).sort()).toEqual(
        ['.gitmodules', 'nested', 'of lib', 'up'].sort(),
      );
      expect(readFileSync(join(at, 'vendor of mine/nested/of deepest'), 'utf8')).toBe('old');
      expect(mirrors()).toHaveLength(3);

      await bring('2', wanted, { submodules: false });
      expect(readdirSync(join(path, 'releases/2/vendor of mine'))).toEqual([]);
      expect(mirrors()).toHaveLength(1);
    });

    it('refuse an address that could run something', async () => {
      commit(lib(), { a: '1' });
      addSubmodule(work, lib(), 'vendor');
      git(work, 'config', '--file', '.gitmodules', 'submodule.vendor.url', 'ext::sh -c id');
      await expect(bring('1', commit(work))).rejects.toMatchObject({
        code: 'git/submodule',
        message:
          'The submodule "vendor" has an address that names a remote helper, which could run anything.',
      });
    });

    it('say so when .gitmodules has no address, and leave out what it leaves out', async () => {
      commit(lib(), { a: '1' });
      addSubmodule(work, lib(), 'vendor');
      git(work, 'config', '--file', '.gitmodules', 'submodule.vendor.update', 'none');
      await bring('1', commit(work));
      expect(readdirSync(join(path, 'releases/1/vendor'))).toEqual([]);
      git(work, 'rm', '--quiet', '--force', '--cached', '.gitmodules');
      rmSync(join(work, '.gitmodules'));
      await expect(bring('2', commit(work))).rejects.toMatchObject({
        code: 'git/submodule',
        message: 'The submodule "vendor" has no address in .gitmodules.',
      });
    });
  });
});
