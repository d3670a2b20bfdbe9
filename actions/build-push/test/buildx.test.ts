import { describe, expect, it } from '@jest/globals';
import type { ProgramResult } from '@slipway/shared/exec/program';
import { keepSecret } from '@slipway/shared/secrets/redact';
import { quickClock } from '../../../packages/shared/test/image/quick-clock.ts';
import { runBuildx } from '../src/buildx.ts';

const down = 'ERROR: failed to push r.example/a: unexpected status: 503 Service Unavailable\n';
const failed = (stderr: string): ProgramResult => ({ code: 1, signal: null, stdout: '', stderr });
const done: ProgramResult = { code: 0, signal: null, stdout: '', stderr: '' };

/** Runs buildx that ends in these ways, one after the other; `takes` milliseconds each time. */
async function run(results: ProgramResult[], takes = 0) {
  const clock = quickClock();
  const said: string[] = [];
  let tries = 0;
  const outcome = await runBuildx(
    ['buildx', 'build'],
    {},
    {
      clock,
      signal: new AbortController().signal,
      say: (line) => said.push(line),
      quote: () => undefined,
      async run() {
        tries += 1;
        await clock.sleep(takes);
        return results[tries - 1] ?? done;
      },
    },
  ).catch((error: unknown) => error);
  return { outcome, tries, said, pauses: clock.pauses.filter((ms) => ms !== takes) };
}

describe('runBuildx', () => {
  it('runs once when all is well', async () => {
    expect(await run([done])).toEqual({ outcome: undefined, tries: 1, said: [], pauses: [] });
  });

  it('tries again after a failure that may pass, and waits longer each time', async () => {
    const { outcome, pauses, said, tries } = await run([failed(down), failed(down), failed(down)]);
    expect(outcome).toBeUndefined();
    expect(tries).toBe(4);
    for (const [at, base] of [2_000, 4_000, 8_000].entries()) {
      expect(pauses[at]).toBeGreaterThanOrEqual(base * 0.75);
      expect(pauses[at]).toBeLessThanOrEqual(base * 1.25);
    }
    expect(said[0]).toMatch(/^attempt 1 of 4 failed \(ERROR: .*503.*\); the next one in \d/);
  });

  it('gives up after the fourth attempt', async () => {
    const { outcome, tries } = await run(Array.from({ length: 9 }, () => failed(down)));
    expect(tries).toBe(4);
    expect(outcome).toMatchObject({ code: 'build/failed', cause: { message: down.trim() } });
  });

  it('tries a push again however long the build took, but not for ever', async () => {
    const hour = 3_600_000;
    expect(await run([failed(down)], hour)).toMatchObject({ outcome: undefined, tries: 2 });
    expect(await run([failed(down), failed(down)], hour)).toMatchObject({
      outcome: { code: 'build/failed' },
      tries: 2,
    });
  });

  it.each([
    ['an error of the build', failed('ERROR: process "x" did not complete successfully: 1\n')],
    ['a refusal', failed('ERROR: failed to push r.example/a: denied\n')],
    ['silence', failed('')],
    ['a signal', { ...failed(''), code: null, signal: 'SIGKILL' as const }],
  ])('gives up at once after %s', async (_, result) => {
    const { outcome, pauses, tries } = await run([result]);
    expect(outcome).toMatchObject({ name: 'Failure' });
    expect([tries, pauses]).toEqual([1, []]);
  });

  it('shows no secret', async () => {
    keepSecret('planted');
    const { outcome } = await run([failed('the planted text\nERROR: planted\n')]);
    expect(outcome).toMatchObject({
      message: expect.stringContaining('ERROR: ***'),
      cause: { message: 'the *** text\nERROR: ***' },
    });
  });
});
