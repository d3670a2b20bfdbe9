import { type JsonObject, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { countOf, timeIn } from '@slipway/shared/document/values-in';

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
