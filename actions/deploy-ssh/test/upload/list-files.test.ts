import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listFiles } from '../../src/upload/list-files.ts';

const { signal } = new AbortController();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-list-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text = ''): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

async function paths(): Promise<string[]> {
  return (await listFiles(root, signal)).map(({ path }) => path);
}

describe('the list of a folder', () => {
  it('is in the order of the bytes, with empty folders, without .git', async () => {
    for (const path of [
      'b',
      'a/z',
      'a.b',
      'a-b',
      '\u{1F600}',
      '\uFF5E',
      'ü',
      '.git/HEAD',
      'sub/.git',
      'sub/.gitignore',
    ])
      put(path);
    mkdirSync(join(root, 'empty'));
    const listed = await paths();
    expect(listed).toEqual([
      'a',
      'a-b',
      'a.b',
      'a/z',
      'b',
      'empty',
      'sub',
      'sub/.gitignore',
      'ü',
      '\uFF5E',
      '\u{1F600}',
    ]);
    expect(listed).toEqual(
      [...listed].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  it('has permissions, of folders at least those that let them be removed', async () => {
    put('run', '12345');
    chmodSync(join(root, 'run'), 0o4751);
    mkdirSync(join(root, 'locked'));
    chmodSync(join(root, 'locked'), 0o1055);
    expect(await listFiles(root, signal)).toEqual([
      { kind: 'folder', path: 'locked', mode: 0o755 },
      { kind: 'file', path: 'run', mode: 0o751, size: 5, modified: expect.any(Number) },
    ]);
  });

  it('leaves out what .dockerignore names', async () => {
    for (const path of ['.dockerignore', 'node_modules/a', 'src/a', 'src/a.log', 'log/keep'])
      put(path);
    put('.dockerignore', 'node_modules\n**/*.log\nlog/*\n');
    expect(await paths()).toEqual(['.dockerignore', 'log', 'src', 'src/a']);
  });

  it('takes .slipwayignore instead where there is one', async () => {
    for (const path of ['a', 'b']) put(path);
    put('.dockerignore', 'a\n');
    put('.slipwayignore', 'b\n.*ignore\n');
    expect(await paths()).toEqual(['a']);
  });

  it('opens a folder that is left out for what is taken nevertheless', async () => {
    for (const path of ['vendor/a/keep', 'vendor/a/drop', 'vendor/b/drop', 'x']) put(path);
    put('.slipwayignore', '*\n!vendor/a/keep\n');
    expect(await paths()).toEqual(['vendor', 'vendor/a', 'vendor/a/keep']);
  });

  it('refuses what cannot be sent, and names it so that it does no harm', async () => {
    symlinkSync('/etc/passwd', join(root, 'absolute'));
    mkdirSync(join(root, 'd'));
    symlinkSync('../../secret\u001b[31m', join(root, 'd/out\n::error::'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const latin1 = Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]);
    writeFileSync(latin1, '');
    await expect(listFiles(root, signal)).rejects.toMatchObject({
      code: 'action/input',
      message: expect.stringMatching(
        /^Input source holds .*\nInput source holds .*\nInput source holds .*\nInput source holds .*\nValid: .*$/,
      ),
    });
    const message = await listFiles(root, signal).catch((error: Error) => error.message);
    expect(message).toContain(
      '"absolute", which is a symbolic link whose target "/etc/passwd" is absolute.',
    );
    expect(message).toContain(
      '"d/out\\n::error::", which is a symbolic link whose target "../../secret\\u001b[31m" is outside the folder.',
    );
    expect(message).toContain('"pipe", which is neither a file, a folder nor a symbolic link.');
    expect(message).toContain('which has a name that is not UTF-8.');
  });

  it('takes what would be refused when it is left out', async () => {
    symlinkSync('/etc/passwd', join(root, 'absolute'));
    put('.slipwayignore', 'absolute\n');
    expect(await paths()).toEqual(['.slipwayignore']);
  });

  it('stops when it is cancelled', async () => {
    const cancelled = AbortSignal.abort(new Error('cancelled'));
    await expect(listFiles(root, cancelled)).rejects.toThrow('cancelled');
  });
});
