import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { releaseId } from '../../src/host/release-id.ts';
import { dressScript } from '../../src/release/dress-script.ts';
import { sharedPath, sharedProblem } from '../../src/release/shared-paths.ts';
import { script } from '../../src/ssh/shell.ts';

const id = releaseId(0, '0123456');
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway dress-'));
  path = deployment(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A deployment whose users have uploaded something. */
function deployment(above: string): string {
  const made = join(mkdtempSync(join(above, 'run-')), "it's here");
  for (const name of ['storage/uploads/cat.jpg', 'storage/notes.txt', 'app.ini', 'a/b/c', 'b/a']) {
    write(join(made, 'shared', name), `users' ${name}`);
  }
  write(join(made, 'releases/old/index.html'), 'old');
  mkdirSync(join(made, `releases/${id}`));
  mkdirSync(join(made, '.slipway'));
  return made;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Every file and link below a folder and what is in it. */
function look(root: string, at = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, at)).sort()) {
    const file = join(root, at, name);
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) found[join(at, name)] = `-> ${readlinkSync(file)}`;
    else if (stats.isDirectory()) Object.assign(found, look(root, join(at, name)));
    else found[join(at, name)] = readFileSync(file, 'utf8');
  }
  return found;
}

function dress(at: string, shared: string[], env: Record<string, string> = {}) {
  const facts = {
    shared,
    env: new Map(Object.entries(env)),
    content: 'proof digest',
    key: 'ab'.repeat(32),
  };
  const ended = spawnSync('bash', ['-s'], {
    cwd: at,
    input: script(dressScript(id, facts), 'begun'),
    encoding: 'utf8',
  });
  return { code: ended.status, said: ended.stderr };
}

const name = fc.constantFrom('a', 'b', 'c', 'storage', 'uploads');
const anyPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const anyShared = fc.array(
  fc.tuple(anyPath, fc.constantFrom('', '/')).map(([text, end]) => text + end),
  { minLength: 1, maxLength: 4 },
);
const anyThing = fc.record({
  at: anyPath,
  link: fc.option(
    fc.constantFrom(
      '../../shared',
      '../../shared/a',
      '../shared',
      '../../../shared',
      'a',
      '.',
      '..',
      '../old',
    ),
  ),
});

describe('what is below shared/', () => {
  it('is never removed, whatever the paths and the links of a release', () => {
    fc.assert(
      fc.property(anyShared, fc.array(anyThing, { maxLength: 4 }), (shared, things) => {
        const at = deployment(folder);
        for (const { at: thing, link } of things) {
          const file = join(at, `releases/${id}`, thing);
          // A release as it may be: what does not fit beside the other things is left out.
          try {
            if (link === null) write(file, 'of the release');
            else {
              mkdirSync(dirname(file), { recursive: true });
              symlinkSync(link, file);
            }
          } catch {}
        }
        const before = { shared: look(join(at, 'shared')), old: look(join(at, 'releases/old')) };
        dress(at, shared);
        expect(look(join(at, 'shared'))).toMatchObject(before.shared);
        expect(look(join(at, 'releases/old'))).toEqual(before.old);
      }),
      {
        numRuns: 40,
        examples: [
          [['storage/', 'storage/uploads/'], []],
          [['storage/', 'storage/uploads'], []],
          [['a/', 'a/b'], []],
          [['a/b/'], [{ at: 'a', link: '../../shared/a' }]],
        ],
      },
    );
  }, 60_000);

  it('is linked into the release, in place of what the release brings', () => {
    write(join(path, `releases/${id}/storage/uploads/.gitkeep`), '');
    write(join(path, `releases/${id}/a/b/own`), 'own');
    expect(dress(path, ['storage/', 'app.ini', 'a/b/'])).toEqual({ code: 0, said: '' });
    const release = join(path, `releases/${id}`);
    expect(look(release)).toMatchObject({
      storage: '-> ../../shared/storage',
      'app.ini': '-> ../../shared/app.ini',
      'a/b': '-> ../../../shared/a/b',
    });
    expect(readFileSync(join(release, 'storage/uploads/cat.jpg'), 'utf8')).toContain("users'");
  });

  it('says where a release has a link instead of a folder', () => {
    symlinkSync('../../shared', join(path, `releases/${id}/public`));
    const { code, said } = dress(path, ['public/storage/']);
    expect(code).not.toBe(0);
    expect(said).toContain(
      `releases/${id}/public is a link; the shared path public/storage cannot lie behind it`,
    );
  });
});

describe('the lines of input shared', () => {
  it.each([
    [['storage/', 'storage/uploads/'], 'names storage/uploads/, which lies in storage/'],
    [['storage/uploads/', 'storage/'], 'names storage/uploads/, which lies in storage/'],
    [['config/', 'config/app.yml'], 'names config/app.yml, which lies in config/'],
    [['config', 'config/app.yml'], 'names config/app.yml, which lies in config'],
    [['storage/', 'storage'], 'names storage twice'],
    [['.env'], 'names .env, which inputs env and secrets write'],
  ])('%j contradict each other', (paths, wrong) => {
    expect(sharedProblem(paths, true)).toContain(wrong);
  });

  it.each([[['storage/', 'storage-old/', 'config/app.yml', 'config/db.yml', '.env']], [[]]])(
    '%j go together',
    (paths) => expect(sharedProblem(paths, false)).toBeUndefined(),
  );

  it.each(['./storage', 'a//b', 'a/./b', '.', '/a', '../a', 'a/..', '-a', '/', 'a//'])(
    '%s is refused',
    (line) => expect(() => sharedPath.parse(line)).toThrow(/is not/),
  );
});

describe("a release's .env", () => {
  const file = (at: string) => join(at, `releases/${id}/.env`);
  const foreign = (at: string) => existsSync(join(at, '.slipway/foreign-env', id));

  it('is made of env and secrets', () => {
    expect(dress(path, [], { A: 'b c' }).code).toBe(0);
    expect(readFileSync(file(path), 'utf8')).toBe("A='b c'\n");
    expect(lstatSync(file(path)).mode & 0o777).toBe(0o600);
    expect(foreign(path)).toBe(false);
  });

  it('that comes with the files stays as it is', () => {
    write(file(path), 'APP_NAME=My App\n');
    expect(dress(path, []).code).toBe(0);
    expect(readFileSync(file(path), 'utf8')).toBe('APP_NAME=My App\n');
    expect(foreign(path)).toBe(true);
  });

  it('that is shared stays as it is', () => {
    write(join(path, 'shared/.env'), 'KEY=kept\n');
    expect(dress(path, ['.env']).code).toBe(0);
    expect(readlinkSync(file(path))).toBe('../../shared/.env');
    expect(readFileSync(join(path, 'shared/.env'), 'utf8')).toBe('KEY=kept\n');
    expect(foreign(path)).toBe(true);
  });

  it.each(['file', 'link'])('is not replaced when it comes with the files as a %s', (kind) => {
    if (kind === 'file') write(file(path), 'A=theirs\n');
    else symlinkSync('public/env.txt', file(path));
    const { code, said } = dress(path, [], { A: 'ours' });
    expect([code, said]).toEqual([1, expect.stringContaining('the release brings a .env')]);
    expect(look(join(path, `releases/${id}`))['.env']).not.toContain('ours');
  });

  it('goes nowhere else by a link of the release', () => {
    symlinkSync('public.txt', join(path, `releases/${id}/.env.part`));
    expect(dress(path, [], { A: 'secret' }).code).toBe(0);
    expect(Object.keys(look(join(path, `releases/${id}`)))).toEqual(['.env', '.env.part']);
  });
});
