import type { LookupFunction } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import { patientLookup } from '../../src/ssh/patient-lookup.ts';

/** Looks a name up where the resolver fails so many times first. */
async function lookUp(failures: number) {
  const clock = virtualClock();
  const times: number[] = [];
  const lookup: LookupFunction = (_name, _options, done) => {
    times.push(clock.now());
    const failed = times.length <= failures;
    done(
      failed ? Object.assign(new Error('no answer'), { code: 'EAI_AGAIN' }) : null,
      '10.0.0.7',
      4,
    );
  };
  const answer = await new Promise<string>((resolve) =>
    patientLookup(lookup, clock)('web-1', {}, (error, address) =>
      resolve(error?.message ?? String(address)),
    ),
  );
  return { answer, times };
}

describe('a name', () => {
  it.each([
    [0, '10.0.0.7', 1],
    [1, '10.0.0.7', 2],
    [2, '10.0.0.7', 3],
    [3, 'no answer', 3],
  ])('that is not found %i times comes to %s after %i looks', async (failures, comesTo, looks) => {
    const { answer, times } = await lookUp(failures);
    expect([answer, times.length]).toEqual([comesTo, looks]);
  });

  it('is looked up again after 0.5 s and after 1 s, at most half as much later', async () => {
    const { times } = await lookUp(3);
    const [first = 0, second = 0, third = 0] = times;
    expect(second - first).toBeGreaterThanOrEqual(500);
    expect(second - first).toBeLessThanOrEqual(750);
    expect(third - second).toBeGreaterThanOrEqual(1_000);
    expect(third - second).toBeLessThanOrEqual(1_500);
  });
});
