import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../src/failure/failure.ts';
import { type Ask, type Expectation, probe } from '../../src/probe/probe.ts';
import { deadline } from '../../src/time/deadline.ts';
import { virtualClock } from '../deploy/virtual-clock.ts';

/** What one look meets: an answer, an error, or silence until it is given up. */
type Meeting = [status: number, body?: string] | Error | 'silence';

const ok: Expectation = { status: (code) => code === 200 };
const versioned: Expectation = { ...ok, text: 'commit abc' };

/** Proves within the time, in milliseconds; the last meeting goes on for ever. */
async function meet(meetings: Meeting[], expected = ok, limit = 60_000, threshold = 1) {
  const clock = virtualClock();
  const looks: number[] = [];
  const ask: Ask = (signal) => {
    const meeting = meetings[Math.min(looks.length, meetings.length - 1)] ?? 'silence';
    looks.push(clock.now());
    if (meeting instanceof Error) return Promise.reject(meeting);
    if (meeting !== 'silence')
      return Promise.resolve({ status: meeting[0], body: meeting[1] ?? '' });
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  };
  const question = { address: 'http://web/health', ask, expected, threshold };
  const work = (signal: AbortSignal) => probe(question, clock, signal);
  const [end] = await Promise.allSettled([deadline(clock, limit, undefined, work)]);
  return { ...end, looks, clock };
}

describe('a proof', () => {
  it('is looked for at once', async () => {
    const { status, looks } = await meet([[200]]);
    expect(status).toBe('fulfilled');
    expect(looks).toEqual([0]);
  });

  it('says how many looks and how long it took', async () => {
    const end = await meet([new Error('refused'), [503], [200]]);
    expect(end).toMatchObject({ status: 'fulfilled', value: { looks: 3, status: 200 } });
    expect(end).toHaveProperty('value.ms', end.looks[2]);
    // 0.5 s and 0.65 s, each up to 10 % shorter or longer.
    expect(end.looks[2]).toBeGreaterThanOrEqual(1_035);
    expect(end.looks[2]).toBeLessThanOrEqual(1_265);
    expect(end.clock.sleeping()).toBe(0);
  });

  it('needs the text as well as the status', async () => {
    const old: Meeting = [200, 'commit 999'];
    const end = await meet([old, old, [200, '<p>commit abc</p>']], versioned);
    expect(end).toMatchObject({ status: 'fulfilled', value: { looks: 3 } });
  });

  it('is not an error page with the right text', async () => {
    expect(await meet([[500, 'commit abc']], versioned)).toMatchObject({ status: 'rejected' });
  });
});

describe('several good answers in a row', () => {
  const fresh: Meeting = [200, 'commit abc'];
  const old: Meeting = [200, 'commit 999'];

  it('are asked for without a long pause', async () => {
    const end = await meet([fresh], versioned, 60_000, 5);
    expect(end).toMatchObject({ status: 'fulfilled', value: { looks: 5, ms: 1_200 } });
  });

  it.each<[what: string, between: Meeting]>([
    ['the old version', old],
    ['an error', [502]],
    ['a lost connection', new Error('fetch failed')],
    ['silence', 'silence'],
  ])('begin anew after %s: a load balancer that still mixes proves nothing', async (_, between) => {
    const meetings = [fresh, between, fresh, fresh, between, fresh, fresh, fresh];
    const end = await meet(meetings, versioned, 60_000, 3);
    expect(end).toMatchObject({ status: 'fulfilled', value: { looks: 8 } });
  });

  it('say how many there were when the time is up', async () => {
    const meetings = Array.from({ length: 400 }, (_, index) => (index % 3 === 2 ? old : fresh));
    const end = await meet(meetings, versioned, 60_000, 3);
    expect(end).toHaveProperty(
      'reason.message',
      'http://web/health did not give the proof within 1 min: it answered 200, but without the text ' +
        'commit abc, after 2 of 3 good answers in a row.',
    );
  });
});

describe('when the time is up, the failure says what was seen last', () => {
  it.each<[what: string, meetings: Meeting[], seen: string]>([
    ['an error status', [[503]], 'it answered 503'],
    ['a redirect', [[302]], 'it answered 302'],
    ['the old version', [[200, 'old']], 'it answered 200, but without the text commit abc'],
    [
      'no connection',
      [new Error('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') })],
      'fetch failed: connect ECONNREFUSED 127.0.0.1:1',
    ],
    ['silence', ['silence'], 'no answer within 5 s'],
    ['an error after silence', ['silence', [503]], 'it answered 503'],
    ['silence after an error', [[503], 'silence'], 'no answer within 5 s'],
  ])('%s', async (_, meetings, seen) => {
    const end = await meet(meetings, versioned);
    expect(end).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'deploy/unproven',
        message: `http://web/health did not give the proof within 1 min: ${seen}.`,
      },
    });
    expect(end.clock.now()).toBe(60_000);
    expect(end.clock.sleeping()).toBe(0);
  });

  it('has no answer to tell of when the first look outlasts the time', async () => {
    const end = await meet(['silence'], ok, 3_000);
    expect(end).toHaveProperty(
      'reason.message',
      'http://web/health did not give the proof within 3.0 s: no answer yet.',
    );
  });
});

describe('a run that is cancelled', () => {
  const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });
  it.each<[what: string, ms: number, ask: Ask]>([
    ['between two looks', 300, async () => ({ status: 503, body: '' })],
    [
      'in the middle of one',
      2_000,
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('socket hang up')));
        }),
    ],
  ])('stops %s, with the reason', async (_, ms, ask) => {
    const clock = virtualClock();
    const controller = new AbortController();
    clock.sleep(ms).then(() => controller.abort(cancelled));
    const question = { address: 'http://web', ask, expected: ok, threshold: 1 };
    const end = probe(question, clock, controller.signal);
    await expect(end).rejects.toBe(cancelled);
    expect(clock.now()).toBe(ms);
    expect(clock.sleeping()).toBe(0);
  });
});
