import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type Clock, systemClock } from '@slipway/shared/time/clock';

const tries = 3;
const pause = 500;

/**
 * Looks a name up, and again when there is no answer: a resolver that a job has just started beside
 * often has none yet. Waits 0.5 s, then 1 s, each up to half as long again.
 */
export function patientLookup(
  lookup: LookupFunction = systemLookup,
  clock: Clock = systemClock,
): LookupFunction {
  return (name, options, done) => {
    const look = (left: number, wait: number) =>
      lookup(name, options, (error, address, family) => {
        if (!error || left === 0) return done(error, address, family);
        void clock.sleep(wait * (1 + Math.random() / 2)).then(() => look(left - 1, wait * 2));
      });
    look(tries - 1, pause);
  };
}
