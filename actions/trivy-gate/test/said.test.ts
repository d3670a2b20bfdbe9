import { describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { runTrivy } from '../src/scanner/run-trivy.ts';
import { saidBy } from '../src/scanner/said.ts';
import { failureOf } from './sample.ts';

const fatal = (text: string) => `2026-08-14T10:00:00Z\tFATAL\tFatal error\terr="${text}"\n`;

describe('what Trivy says', () => {
  it.each([
    ['', 'it said nothing'],
    ['one\ntwo.\n\n', 'two'],
    [fatal('run error: \\"x\\" is gone\\nmore'), 'run error: "x" is gone more'],
    [`${fatal('the reason')}a line behind it\n`, 'the reason'],
    ['2026-08-14T10:00:00Z\tFATAL\tError\terr=short', 'Error err=short'],
    [`\u001b[31m${fatal('red')}`, 'red'],
    ['x'.repeat(600), `${'x'.repeat(499)}…`],
  ])('%j: %s', (stderr, expected) => {
    expect(saidBy(stderr)).toBe(expected);
  });
});

describe('a Trivy that does not work', () => {
  const run = (ended: { code: number | null; signal?: NodeJS.Signals; stderr?: string } | Error) =>
    failureOf(() =>
      runTrivy(
        {
          program: { path: 'trivy', check: async () => undefined },
          folder: '/',
          env: {},
          timeout: 60_000,
          clock: systemClock,
          signal: new AbortController().signal,
          quote: () => undefined,
          run: async () => {
            if (ended instanceof Error) throw ended;
            return { stdout: '', stderr: '', signal: null, ...ended };
          },
        },
        ['image'],
      ),
    );

  it.each([
    [
      { code: 1, stderr: fatal('unable to find the image') },
      'gate/scanner-failed',
      'unable to find',
    ],
    [{ code: 2 }, 'gate/scanner-failed', 'ended with code 2: it said nothing'],
    [{ code: null, signal: 'SIGKILL' as const }, 'gate/scanner-killed', 'killed by SIGKILL'],
    [
      { code: 1, stderr: fatal('write x: no space left on device') },
      'gate/no-space',
      'left to scan',
    ],
    [
      { code: 1, stderr: fatal('init error: DB error: db corrupted: x') },
      'gate/database',
      'corrupted',
    ],
    [
      Object.assign(new Error('spawn trivy EACCES'), { code: 'EACCES', syscall: 'spawn trivy' }),
      'gate/scanner-failed',
      'EACCES',
    ],
  ])('%j is %s', async (ended, code, said) => {
    expect(await run(ended)).toEqual({ code, said: expect.stringContaining(said) });
  });

  it('lets a cancelled run be one', async () => {
    const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });
    expect(await run(cancelled)).toMatchObject({ code: 'action/cancelled' });
  });
});
