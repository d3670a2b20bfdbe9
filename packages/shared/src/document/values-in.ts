import { numberOf } from './json-number.ts';
import { type Json, type JsonObject, textIn } from './json-object.ts';

/** A time in milliseconds since the epoch; undefined where it is none. */
export function timeIn(object: JsonObject, name: string): number | undefined {
  const text = textIn(object, name) ?? '';
  // The smallest times are those of a thing that has not happened: `0001-01-01T00:00:00Z`.
  const time = isoTime.test(text) ? Date.parse(text) : Number.NaN;
  return time > 0 ? time : undefined;
}

/** A whole number that is not negative; undefined where it is none. */
export function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
