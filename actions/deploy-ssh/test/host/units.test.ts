import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../packages/shared/src/time/clock.ts';
import { judgeUnits, type Unit, unitsStayUp } from '../../src/host/units.ts';

const { signal } = new AbortController();

function unit(more: Partial<Unit> = {}): Unit {
  return {
    name: 'app.service',
    activeState: 'active',
    subState: 'running',
    type: 'simple',
    mainPid: 100,
    restarts: 0,
    result: 'success',
    exitCode: '0',
    ...more,
  };
}

const failed = unit({ activeState: 'failed', result: 'exit-code', exitCode: '3', mainPid: 0 });
const again = (restarts: number) =>
  unit({ activeState: 'activating', subState: 'auto-restart', restarts, exitCode: '3' });
const done = unit({ type: 'oneshot', activeState: 'inactive', subState: 'dead', mainPid: 0 });

describe('a unit after its restart', () => {
  it.each([
    ['runs', unit(), 'settled'],
    ['has done its work', done, 'settled'],
    ['starts', unit({ activeState: 'activating', subState: 'start' }), 'progress'],
    ['was started again once', again(1), 'progress'],
    ['has failed', failed, 'failed'],
    ['has ended, well', unit({ activeState: 'inactive', subState: 'dead' }), 'failed'],
    ['is started again and again', again(3), 'failed'],
  ])('that %s', (_, now, state) => {
    expect(judgeUnits([unit({ name: 'other.service' }), now], []).state).toBe(state);
  });

  it('that had restarts before is judged by those since', () => {
    expect(judgeUnits([unit({ restarts: 40 })], [unit({ restarts: 39 })]).state).toBe('settled');
  });

  it('says the exit code', () => {
    const sighting = judgeUnits([failed], []);
    expect(sighting.state === 'failed' && sighting.failure.message).toBe(
      'Unit app.service stopped instead of serving: it failed (exit-code), exit code 3.',
    );
  });
});

/** What is said of units that are so at first and so in the end. */
async function stayUp(first: Unit[], then: Unit[]): Promise<string> {
  const looks = [first, then];
  const clock = { ...systemClock, sleep: async () => undefined };
  return unitsStayUp(async () => looks.shift() ?? [], clock, signal).catch(
    (error: Error) => error.message,
  );
}

describe('units where no address is asked', () => {
  it.each([
    ['run on', [unit()], [unit()], /^by the state of its units, which ran on for 3.0 s$/],
    ['do their work and end', [done], [done], /^by the state of its units/],
    ['are handed over by a reload', [unit()], [unit({ mainPid: 101 })], /^by the state/],
    ['are not known to the host', [], [], /^by its restart only$/],
    ['end at once', [unit()], [failed], /app\.service .* it failed \(exit-code\), exit code 3\./],
    [
      'are started again',
      [unit()],
      [unit({ restarts: 1, exitCode: '4' })],
      /started again within 3.0 s, exit code 4/,
    ],
    [
      'change their process where nobody counts',
      [unit({ restarts: undefined })],
      [unit({ restarts: undefined, mainPid: 101 })],
      /started again within 3.0 s/,
    ],
    ['wait to be started again', [unit()], [again(1)], /started again within 3.0 s, exit code 3/],
  ])('that %s', async (_, first, then, said) => {
    expect(await stayUp(first, then)).toMatch(said);
  });
});
