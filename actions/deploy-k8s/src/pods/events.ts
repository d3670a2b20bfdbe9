import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { countOf, timeIn } from '@slipway/shared/document/values-in';
import { messageIn, wordIn } from './container-view.ts';

/** Something that happened to an object, in the words of Kubernetes. */
export interface EventView {
  /** uid of the object that it is about. */
  readonly about: string;
  /** Name of that object. */
  readonly name: string;
  /** Container of the pod that it is about; empty for most. */
  readonly container: string;
  /** `FailedMount`, `Unhealthy` */
  readonly reason: string;
  /** `Normal`, `Warning` */
  readonly type: string;
  readonly message: string;
  /** How often; at least once. */
  readonly count: number;
  /** Milliseconds since the epoch, by the clock of who wrote it; 0 where it is not said. */
  readonly first: number;
  readonly last: number;
}

const read = new WeakMap<JsonObject, EventView>();

/** Reads an event; each state of it once. */
function eventView(event: JsonObject): EventView {
  const known = read.get(event);
  if (known) return known;
  const about = objectIn(event, 'involvedObject');
  const series = objectIn(event, 'series');
  // Who writes by the newer interface leaves the older times empty.
  const times = [
    timeIn(event, 'firstTimestamp'),
    timeIn(event, 'lastTimestamp'),
    timeIn(event, 'eventTime'),
    timeIn(series, 'lastObservedTime'),
    timeIn(objectIn(event, 'metadata'), 'creationTimestamp'),
  ].filter((time) => time !== undefined);
  const field = textIn(about, 'fieldPath') ?? '';
  const view: EventView = {
    about: wordIn(about, 'uid'),
    name: wordIn(about, 'name'),
    container: /\{([a-z0-9-]{1,63})\}$/.exec(field)?.[1] ?? '',
    reason: wordIn(event, 'reason'),
    type: wordIn(event, 'type'),
    message: messageIn(event),
    count: Math.max(1, countOf(event['count']) ?? 1, countOf(series['count']) ?? 1),
    first: times.length > 0 ? Math.min(...times) : 0,
    last: times.length > 0 ? Math.max(...times) : 0,
  };
  read.set(event, view);
  return view;
}

/**
 * The events about some objects, the newest first. What says the same of the same thing is one event:
 * each try of a kubelet that was restarted is written anew.
 * @param uids of the objects
 */
export function eventsAbout(
  events: Iterable<JsonObject>,
  uids: ReadonlySet<string>,
): readonly EventView[] {
  const joined = new Map<string, EventView>();
  for (const object of events) {
    const event = eventView(object);
    if (!uids.has(event.about)) continue;
    const key = [event.about, event.container, event.reason, event.message].join('\n');
    const known = joined.get(key);
    joined.set(key, known ? together(known, event) : event);
  }
  return [...joined.values()].sort((a, b) => b.last - a.last);
}

function together(a: EventView, b: EventView): EventView {
  return {
    ...a,
    count: a.count + b.count,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}

/** How often some events happened. */
export function timesOf(events: readonly EventView[]): number {
  return events.reduce((sum, { count }) => sum + count, 0);
}
