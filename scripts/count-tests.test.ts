import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const script = join(import.meta.dirname, 'count-tests.ts');
const root = join(import.meta.dirname, '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-count-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A report of jest: file -> the status of each test in it; none at all when it could not run. */
function report(name: string, suites: Record<string, string[]>): void {
  const testResults = Object.entries(suites).map(([file, statuses]) => ({
    name: join(root, file),
    status: statuses.length === 0 || statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  }));
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ testResults }));
}

async function count(...options: string[]): Promise<{ code: number; lines: string[] }> {
  const args = [script, folder, ...options];
  const { code, stdout } = await promisify(execFile)(process.execPath, args).then(
    (done) => ({ ...done, code: 0 }),
    (failed: { stdout: string; code: number }) => failed,
  );
  return { code, lines: stdout.split('\n').filter((line) => line !== '') };
}

describe('the closing lines of the tests', () => {
  it('count all rings; what could not run is failed, what is missing is skipped', async () => {
    report('tables', { 'a.test.ts': ['passed', 'passed', 'pending', 'todo'] });
    report('outer', { 'b.test.ts': ['passed'], 'c.test.ts': [] });
    writeFileSync(join(folder, 'missing.json'), JSON.stringify({ numPendingTests: 7 }));
    expect(await count()).toEqual({ code: 1, lines: ['3 passed, 1 failed, 9 skipped'] });
  });

  it('say which files were tried twice, and count the second try', async () => {
    report('outer', { 'a.test.ts': ['passed', 'failed'], 'b.test.ts': ['passed'] });
    report('second', { 'a.test.ts': ['passed', 'passed'] });
    expect(await count()).toEqual({
      code: 0,
      lines: [
        'tried a second time, each from a clean start: a.test.ts (passed)',
        '3 passed, 0 failed, 0 skipped',
      ],
    });
    report('second', { 'a.test.ts': ['failed', 'passed'] });
    expect(await count()).toMatchObject({ code: 1 });
  });

  it('name the ten files that took the most CPU, the dearest first', async () => {
    report('tables', { 'a.test.ts': ['passed'] });
    mkdirSync(join(folder, 'cpu'));
    for (let index = 1; index <= 12; index += 1) {
      writeFileSync(join(folder, 'cpu', `${index}.txt`), `${index}.5\tfile-${index}.test.ts\n`);
    }
    const { lines } = await count();
    expect(lines[0]).toBe('CPU seconds of test files, the ten dearest of 84 s in all:');
    expect(lines[1]).toBe('    12.5  file-12.test.ts');
    expect(lines[10]).toBe('     3.5  file-3.test.ts');
    expect(lines.slice(11)).toEqual(['1 passed, 0 failed, 0 skipped']);
  });

  it('are not reached where nothing ran', async () => {
    expect(await count()).toEqual({ code: 1, lines: ['0 passed, 0 failed, 0 skipped'] });
  });
});

describe('a second try', () => {
  it('is for a few files of the outer rings, never for tables', async () => {
    report('tables', { 'table.test.ts': ['failed'] });
    report('outer', { 'a.test.ts': ['failed'], 'b.test.ts': ['passed'], 'c.test.ts': [] });
    const { lines } = await count('--try-again');
    expect(lines).toEqual([join(root, 'a.test.ts'), join(root, 'c.test.ts')]);
  });

  it('is not for what is broken', async () => {
    const files = Array.from({ length: 6 }, (_, index) => [`${index}.test.ts`, ['failed']]);
    report('outer', Object.fromEntries(files));
    expect((await count('--try-again')).lines).toEqual([]);
  });
});
