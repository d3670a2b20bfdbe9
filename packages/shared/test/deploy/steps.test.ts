import { describe, expect, it } from '@jest/globals';
import { closingLine } from '../../src/deploy/report.ts';
import { failures, type Phase } from './fake-target.ts';
import { cancelled, runFake as run, timeout } from './run-fake.ts';

const third = 'apply watch prove apply 2 watch 2 prove 2 apply 3 watch 3 prove 3';
const rolledBack = 'rollback watch rollback prove rollback';

describe('three steps', () => {
  it('are applied, watched and proven one after the other', async () => {
    const { result, did, phases } = await run({ steps: 3 });
    expect(result).toMatchObject({ status: 'deployed', serving: 'new', duration: 9_000 });
    expect(did).toBe(`lock plan ${third} clean up unlock`);
    expect(phases).toBe(
      'lock, plan, apply: one, watch: one, prove: one, ' +
        'apply: two, watch: two, prove: two, apply: three, watch: three, prove: three',
    );
  });

  const phases = third.match(/\w+(?: \d)?/g)?.filter((name): name is Phase => name in failures);

  it.each(phases ?? [])(
    'a failure in %s ends them, is diagnosed and rolled back',
    async (phase) => {
      const { result, did, told } = await run({ steps: 3, script: { [phase]: 'fails' } });
      expect(result).toMatchObject({
        status: 'rolled-back',
        serving: 'old',
        failure: failures[phase],
      });
      const until = third.slice(0, third.indexOf(phase) + phase.length);
      expect(did).toBe(`lock plan ${until} diagnose ${rolledBack} clean up unlock`);
      expect(told).toEqual(['diagnose rollout', 'rollback', 'clean up rolled-back']);
    },
  );

  it.each(phases ?? [])('a bug of ours in %s ends in a rollback too', async (phase) => {
    const { result } = await run({ steps: 3, script: { [phase]: 'breaks' } });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old' });
    expect(result.failure).toMatchObject({ code: 'deploy/unexpected' });
  });

  it.each(phases ?? [])('each has its own time: %s hangs', async (phase) => {
    const { result, clock } = await run({ steps: 3, script: { [phase]: 'hangs' } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: { code: 'deploy/timeout' } });
    const number = Number(/\d/.exec(phase)?.[0] ?? 1);
    const failed = result.timeline.find(({ ok }) => !ok);
    // The lock and the plan take a second each, every step before this one three.
    expect(failed?.end).toBe(2_000 + (number - 1) * 3_000 + timeout);
    expect(clock.sleeping()).toBe(0);
  });

  it('has longer where the platform itself waits', async () => {
    const waits = 700_000;
    for (const [more, status] of [
      [{ waits }, 'deployed'],
      [{}, 'rolled-back'],
    ] as const) {
      // Its watch takes twenty minutes, twice the time limit.
      const { result } = await run({ ...more, steps: 2, script: { 'watch 2': 'takes long' } });
      expect(result.status).toBe(status);
    }
  });

  it.each(phases ?? [])('a cancel during %s rolls back in a hurry', async (phase) => {
    const { result, told, did } = await run({ steps: 3, cancel: phase });
    expect(result).toMatchObject({ status: 'cancelled', serving: 'old', failure: cancelled });
    expect(told).toEqual(['rollback in a hurry', 'clean up rolled-back']);
    expect(did).toMatch(/ rollback watch rollback prove rollback clean up unlock$/);
  });

  it('what crashes during a proof has failed then', async () => {
    const script = { 'watch 2': 'crashes later', 'prove 2': 'hangs' } as const;
    const { result } = await run({ steps: 3, script });
    expect(result).toMatchObject({ status: 'rolled-back', failure: failures['watch 2'] });
    const prove = result.timeline.find(({ name }) => name === 'prove: two');
    // It crashes 5 s after it settled.
    expect((prove?.end ?? 0) - (prove?.start ?? 0)).toBeLessThan(8_000);
  });
});

describe('bake', () => {
  const bake = 60_000;

  it('is the time that the new version stays healthy before the job is green', async () => {
    const { result, phases } = await run({ bake });
    expect(result).toMatchObject({ status: 'deployed', serving: 'new' });
    expect(phases).toBe('lock, plan, apply, watch, prove, bake');
    const entry = result.timeline.at(-1);
    expect((entry?.end ?? 0) - (entry?.start ?? 0)).toBeGreaterThanOrEqual(bake);
    expect((entry?.end ?? 0) - (entry?.start ?? 0)).toBeLessThan(bake + 5_000);
  });

  it('comes once, after the last step', async () => {
    const { phases } = await run({ bake, steps: 3 });
    expect(phases).toMatch(/prove: three, bake$/);
    expect(phases.match(/bake/g)).toHaveLength(1);
  });

  it.each([
    ['a crash', { watch: 'crashes later' }, failures.watch],
    ['an app that stops to answer near its end', { prove: 'sickens later' }, failures.prove],
  ] as const)('%s ends it, and is rolled back', async (_, script, failure) => {
    const { result, phases } = await run({ bake, script });
    expect(result).toMatchObject({ status: 'rolled-back', serving: 'old', failure });
    expect(phases).toMatch(/prove, bake!, diagnose, rollback, /);
  });

  it('of an app that does not answer any more ends after 30 s, not after the time-out', async () => {
    const { result } = await run({ bake, script: { prove: 'sickens later, hangs' } });
    expect(result).toMatchObject({ status: 'rolled-back', failure: { code: 'deploy/timeout' } });
    const entry = result.timeline.find(({ name }) => name === 'bake');
    expect((entry?.end ?? 0) - (entry?.start ?? 0)).toBeLessThan(bake + 35_000);
  });

  it('that is cancelled is rolled back', async () => {
    const { result, told } = await run({ bake, cancel: 'prove', script: { prove: 'ignores' } });
    expect(result).toMatchObject({ status: 'cancelled', serving: 'old' });
    expect(told).toContain('rollback in a hurry');
  });
});

describe('every phase has a limit', () => {
  it.each([
    ['check', '5 min', 'check', 'unchanged'],
    ['lock', '11 min', 'check lock', 'unchanged'],
    ['plan', '5 min', 'check lock plan unlock', 'unchanged'],
    ['prepare', '10 min', 'check lock plan prepare diagnose clean up unlock', 'old'],
  ] as const)('%s that hangs ends after %s', async (phase, limit, begun, serving) => {
    const circumstances = { checks: true, prepares: true, script: { [phase]: 'hangs' } } as const;
    const { result, did, clock } = await run(circumstances);
    expect(result).toMatchObject({
      status: 'failed',
      serving,
      failure: { code: 'deploy/timeout' },
    });
    expect(result.failure?.message).toContain(
      `within ${limit}; the time ran out in phase ${phase}.`,
    );
    expect(did).toBe(begun);
    expect(clock.sleeping()).toBe(0);
  });

  it('a lock that cannot be freed ends too', async () => {
    const { result, said } = await run({ script: { unlock: 'hangs' } });
    expect(result.status).toBe('deployed');
    expect(said.some((line) => line.startsWith('the lock was left behind: '))).toBe(true);
  });
});

describe('looks', () => {
  it('are paced by the target, the first one at once', async () => {
    const { looks } = await run({ script: { watch: 'says', prove: 'takes long' } });
    const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
    // Each look but the first takes a second itself.
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(0.9 * 700);
    expect(looks[0]).toBe(3_000);
  });

  it('back off while the platform throttles, and go on', async () => {
    const { result, looks } = await run({ script: { watch: 'is throttled' } });
    expect(result.status).toBe('deployed');
    const pauses = looks.slice(1, 5).map((at, index) => at - (looks[index] ?? 0));
    // Twice the pause each time, up to 10 % shorter or longer.
    const wanted = [1_400, 2_800, 5_600, 11_200];
    expect(pauses).toHaveLength(wanted.length);
    for (const [index, ms] of wanted.entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(0.9 * ms);
      expect(pauses[index]).toBeLessThanOrEqual(1.1 * ms);
    }
  });
});

describe('what serves is told apart from where a rollback leads', () => {
  it('when nothing was touched, it is not called unproven', async () => {
    const { result } = await run({
      rollbackTo: 'none',
      prepares: true,
      script: { prepare: 'fails' },
    });
    expect(closingLine(result)).toBe('failed: web-1:/srv/app was not changed.');
  });
});
