import { numberOf } from '@slipway/shared/document/json-number';
import {
  type Json,
  type JsonObject,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';

/** Something that happened to a container or its group, in Azure's words. */
export interface GroupEvent {
  /** `Pulling`, `Failed`, `BackOff`; empty where Azure does not say. */
  readonly name: string;
  /** Says nothing: a failed mount is `Normal`. */
  readonly type: string | undefined;
  /** How often; at least once. */
  readonly count: number;
  /** Milliseconds since the epoch, by Azure's clock. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly message: string;
}

/** The newest are the ones that matter. */
const most = 200;
const longestMessage = 4_000;

/** Reads the events of an instance view, newest first; without a time last. */
export function eventsIn(instanceView: JsonObject): readonly GroupEvent[] {
  const all = objectsIn(instanceView, 'events').map(eventOf);
  return all.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, most);
}

/** When an event happened last; before everything where Azure does not say. */
export function timeOf({ first, last }: GroupEvent): number {
  return last ?? first ?? Number.NEGATIVE_INFINITY;
}

/** A time of Azure in milliseconds since the epoch; undefined where it is none. */
export function timeIn(object: JsonObject, name: string): number | undefined {
  const text = textIn(object, name) ?? '';
  // Its smallest times are those of a thing that has not happened: `0001-01-01T00:00:00Z`.
  const time = isoTime.test(text) ? Date.parse(text) : Number.NaN;
  return time > 0 ? time : undefined;
}

/** A whole number that is not negative; undefined where it is none. */
export function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function eventOf(event: JsonObject): GroupEvent {
  const said = (textIn(event, 'message') ?? '').slice(0, longestMessage);
  const named = textIn(event, 'name')?.slice(0, 100) ?? '';
  // Old versions of the API have the name in the message: `Pulling: pulling image`.
  const [, folded, rest] = named === '' ? (/^([A-Z]\w{2,40}): ([\s\S]*)$/.exec(said) ?? []) : [];
  return {
    name: folded ?? named,
    type: textIn(event, 'type'),
    count: Math.max(1, countOf(event['count']) ?? 1),
    first: timeIn(event, 'firstTimestamp'),
    last: timeIn(event, 'lastTimestamp'),
    message: rest ?? said,
  };
}
