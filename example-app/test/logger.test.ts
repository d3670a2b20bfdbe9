import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createLogger } from '../src/logger.ts';

const root = join(import.meta.dirname, '..');
const RELEASE = { name: 'example-app', version: '1.2.3', commit: 'abc1234' };

function written(err: unknown, secretUrls: readonly string[] = []): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  createLogger(RELEASE, { level: 'info', secretUrls, destination }).error({ err }, 'failed');
  return lines.join('');
}

it('writes of an error what it is, and not what its driver has added', () => {
  const fromPostgres = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (mail)=(hunter2) already exists.',
    query: "select 'hunter2'",
  });
  const fromRedis = Object.assign(new Error('WRONGPASS'), {
    command: { name: 'auth', args: ['hunter2'] },
  });
  const line = written(new Error('outer', { cause: new AggregateError([fromPostgres]) }));
  expect(line).toContain('duplicate key');
  expect(line).toContain('23505');
  expect(line + written(fromRedis)).not.toContain('hunter2');
});

it('writes neither an address with a password nor the password, however it is escaped', () => {
  const url = 'postgresql://app:hunter%2Ftwo@db:5432/app';
  const line = written(new Error(`cannot open ${url}: hunter/two is wrong, hunter%2Ftwo too`), [
    url,
  ]);
  expect(JSON.parse(line).err.message).toBe(
    'cannot open [redacted]: [redacted] is wrong, [redacted] too',
  );
  expect(line).not.toMatch(/hunter/);
});

it.each([['text'], [undefined], [{ password: 'hunter2' }]])(
  'writes what is no error: %j',
  (err) => {
    expect(written(err)).not.toContain('hunter2');
  },
);

it('gathers lines, and writes all at once when one of them is a warning', () => {
  const lines: string[] = [];
  let flushes = 0;
  const destination = { write: (line: string) => lines.push(line), flush: () => flushes++ };
  const logger = createLogger(RELEASE, { level: 'info', destination });
  logger.info('one');
  expect(flushes).toBe(0);
  logger.warn('two');
  expect([lines.length, flushes]).toEqual([2, 1]);
});

it.each([
  ['is told to end', 'process.exit(3)', 3],
  ['ends by an error that nobody catches', 'null.member', 1],
])('loses no line when the process %s', (_how, end, code) => {
  const program = `
    import { createLogger } from './src/logger.ts';
    const logger = createLogger(${JSON.stringify(RELEASE)}, { level: 'info' });
    for (let line = 1; line <= 3; line++) logger.info('line ' + line);
    ${end}`;
  const args = ['--input-type=module', '--eval', program];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root });
  expect(status).toBe(code);
  expect(stdout.match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
});
