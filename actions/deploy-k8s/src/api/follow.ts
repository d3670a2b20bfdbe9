import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import { retryAfter } from '@slipway/shared/http/retry';
import type { Clock } from '@slipway/shared/time/clock';
import { jittered } from '@slipway/shared/time/poll';
import type { ClusterAccess } from '../connection/access.ts';
import { collectionCall } from './calls.ts';
import type { LiveObjects, Selection } from './kubernetes-api.ts';
import { listAll } from './list.ts';
import { Objects } from './objects.ts';
import { failureFor, notAccepted, refusalOf } from './refusals.ts';
import { isLater, type Sender } from './send.ts';
import { statusIn, statusOf } from './status.ts';
import { watchEvents } from './watch-events.ts';

/** What a watch is made of. */
export interface Following {
  sender: Sender;
  access: ClusterAccess;
  clock: Clock;
}

/** How long the server is to keep a watch, in seconds; it ends then as if nothing were. */
const watchFor = 290;
/**
 * How long a watch may be silent, in milliseconds. A connection that somebody between has cut is as
 * silent as one with nothing to say; to ask again from where it was costs one request.
 */
const longestSilence = 30_000;
const pause = { first: 300, most: 5_000 };
const longestRefusal = 1024 * 1024;

/** Lists objects, and keeps up with them until the signal aborts or the result is disposed of. */
export async function followObjects(
  o: Following,
  selection: Selection,
  signal: AbortSignal,
): Promise<LiveObjects> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const objects = new Objects(o.clock);
  const first = await listAll(o.sender, selection, signal);
  objects.replace(first.items.map((one) => kept(one, selection)));
  const running = keepUp(o, { selection, objects, from: first.resourceVersion, signal: until });
  // It ends by the signal, or by a failure that `check` throws.
  const ended = running.catch((error: unknown) => {
    if (!until.aborted) objects.fail(error);
  });
  return {
    items: objects.items,
    gone: objects.gone,
    changed: (version, within) => objects.changed(version, within),
    get version() {
      return objects.version;
    },
    get silence() {
      return objects.silence;
    },
    check: () => objects.check(),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('it is not followed any more'));
      await ended;
    },
  };
}

interface Watch {
  selection: Selection;
  objects: Objects;
  /** resourceVersion that the watch goes on from; undefined where the list is to be read again. */
  from: string | undefined;
  signal: AbortSignal;
}

async function keepUp(o: Following, watch: Watch): Promise<never> {
  const { objects, selection, signal } = watch;
  let wait = pause.first;
  for (;;) {
    signal.throwIfAborted();
    const start = o.clock.now();
    const version = objects.version;
    let asked = 0;
    try {
      if (watch.from === undefined) {
        const { items, resourceVersion } = await listAll(o.sender, selection, signal);
        objects.replace(items.map((one) => kept(one, selection)));
        watch.from = resourceVersion;
      }
      asked = await watchOnce(o, watch);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Failure && !passing.has(error.code)) throw error;
      asked = 0;
    }
    // A watch that ran for a while, or said something, is gone on with at once.
    const went = o.clock.now() - start > 2_000 || objects.version !== version;
    wait = went ? pause.first : Math.min(wait * 2, pause.most);
    if (!went || asked > 0) await o.clock.sleep(Math.max(asked, jittered(wait)), signal);
  }
}

/** What may be over after a while: an API server that is upgraded is away for minutes. */
const passing: ReadonlySet<string> = new Set([
  'k8s/unreachable',
  'k8s/unknown-host',
  'k8s/unavailable',
  'identity/unavailable',
]);

/** Watches to the end of one answer. @returns milliseconds that the server asks to wait */
async function watchOnce(o: Following, watch: Watch): Promise<number> {
  const { objects, selection } = watch;
  const call = collectionCall(selection, {
    doing: 'watching',
    verb: 'watch',
    method: 'GET',
    query: {
      watch: 'true',
      allowWatchBookmarks: 'true',
      labelSelector: selection.labels,
      fieldSelector: selection.fields,
      resourceVersion: watch.from,
      timeoutSeconds: String(watchFor),
    },
  });
  const silent = new AbortController();
  const answer = await o.sender.open(call, AbortSignal.any([watch.signal, silent.signal]));
  if (answer.status !== 200) {
    const { body } = await wholeAnswer(answer, longestRefusal);
    const text = new TextDecoder().decode(body);
    const status = statusIn(text);
    if (answer.status === 410) {
      watch.from = undefined;
      return 0;
    }
    if (answer.status === 401) throw notAccepted(status, o.access);
    if (isLater(answer.status, status, call)) {
      return Math.max(status?.retryAfter ?? retryAfter(answer.headers, o.clock.now()), pause.first);
    }
    throw refusalOf({ status: answer.status, text }, call);
  }
  objects.heard();
  const guard = watchdog(o.clock, longestSilence, () => silent.abort(new Error('silence')));
  try {
    const heard = tapped(answer.body, () => {
      objects.heard();
      guard.again();
    });
    for await (const { type, object } of watchEvents(heard)) {
      if (type === 'ERROR') {
        const status = statusOf(object);
        const code = status?.code ?? 0;
        // Whatever it is about, the list tells the truth; what is no end of the watch is said.
        watch.from = undefined;
        if (status && code >= 400 && code < 500 && code !== 410 && code !== 429) {
          throw failureFor(status, { ...call, code });
        }
        return code === 410 ? 0 : (status?.retryAfter ?? pause.first);
      }
      const version = textIn(objectIn(object, 'metadata'), 'resourceVersion');
      if (type !== 'BOOKMARK') objects.take(type, kept(ofKind(object, selection), selection));
      if (version !== undefined) watch.from = version;
    }
  } finally {
    guard.end();
    await answer.body.cancel();
  }
  return 0;
}

function ofKind(object: JsonObject, { resource }: Selection): JsonObject {
  return { apiVersion: resource.apiVersion, kind: resource.kind, ...object };
}

function kept(object: JsonObject, { keep }: Selection): JsonObject {
  return keep ? keep(object) : object;
}

async function* tapped(pieces: AsyncIterable<Uint8Array>, onPiece: () => void) {
  for await (const piece of pieces) {
    onPiece();
    yield piece;
  }
}

/** Calls when nothing came for `ms`. */
function watchdog(clock: Clock, ms: number, onSilence: () => void) {
  let stop = new AbortController();
  const begin = () => {
    clock.sleep(ms, stop.signal).then(onSilence, () => undefined);
  };
  begin();
  return {
    again() {
      stop.abort();
      stop = new AbortController();
      begin();
    },
    end: () => stop.abort(),
  };
}
