import { Throttled } from '@slipway/shared/deploy/target';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure } from '@slipway/shared/failure/failure';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import { isNetworkError, retryAfter } from '@slipway/shared/http/retry';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline } from '@slipway/shared/time/deadline';
import { jittered } from '@slipway/shared/time/poll';
import type { ClusterAccess, RequestCredentials } from '../connection/access.ts';
import { type ClusterAnswer, clusterHttp } from '../connection/cluster-http.ts';
import { addressOf } from './addresses.ts';
import type { ApiAnswer, ApiCall } from './api-call.ts';
import { notAccepted } from './refusals.ts';
import { type ApiStatus, statusIn } from './status.ts';
import { unreachable } from './unreachable.ts';

/** How calls reach one API server. */
export interface Sender {
  /**
   * Sends a call and reads the answer, whatever its status is. A lost connection, and what the server
   * would rather be asked later, is repeated for a bounded time; a token that has ended is renewed once.
   * @throws Failure `k8s/unauthorized`, `k8s/unreachable` and the like; Throttled
   */
  send(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer>;
  /**
   * Sends a call once; the answer is read by the caller while it comes. The limit is for its head. A
   * token that has ended is renewed once.
   */
  open(call: ApiCall, signal: AbortSignal): Promise<ClusterAnswer>;
  /** As {@link open}, but a 401 is given back: it may be the answer of an app behind the API server. */
  openOnce(call: ApiCall, signal: AbortSignal): Promise<ClusterAnswer>;
  /** The API server did not accept who asked for this answer. @returns whether the next proof is another */
  renews(answer: ClusterAnswer): boolean;
  /** Milliseconds since the epoch by the server's clock. */
  serverNow(): number;
}

/** Time for one attempt with its answer, in milliseconds. The server itself gives up after 60 s. */
const attemptLimit = 65_000;
/** Time for the head of an answer that goes on for long, in milliseconds. */
const headLimit = 30_000;
/** How long "not now" is heard before it is said, in milliseconds. */
const throttleBudget = 20_000;
/** How long a server that has answered before may be away, as while it is upgraded, in milliseconds. */
const awayBudget = 90_000;
/** The same for one that never has, in milliseconds: the name or the network may be wrong. */
const firstBudget = 12_000;
const pause = { first: 400, most: 5_000 };
/** The longest answer that is read, in bytes: a page of five hundred pods has some five million. */
const longestAnswer = 64 * 1024 * 1024;

export function openSender(o: { access: ClusterAccess; env: Environment; clock: Clock }): Sender {
  const { access, clock, env } = o;
  const http = clusterHttp(access, env, clock);
  let hasAnswered = false;
  let ahead = 0;
  const shown = new WeakMap<ClusterAnswer, RequestCredentials>();

  const attempt = async (call: ApiCall, signal: AbortSignal): Promise<ClusterAnswer> => {
    const proof = await access.identity.proof();
    const { authorization, certificate } = proof;
    const { body, headers, method, path, query } = call;
    const answer = await http({
      method,
      url: addressOf(access.server, path, query),
      headers: {
        accept: 'application/json',
        'user-agent': 'slipway',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
        ...access.headers,
        ...(authorization !== undefined && { authorization }),
      },
      ...(body !== undefined && { body }),
      certificate,
      signal,
    });
    hasAnswered = true;
    shown.set(answer, proof);
    const date = Date.parse(answer.headers.get('date') ?? '');
    // The header has whole seconds; on average half of one is cut off.
    if (!Number.isNaN(date)) ahead = date + 500 - clock.now();
    return answer;
  };

  const renews = (answer: ClusterAnswer): boolean => {
    const { identity } = access;
    const proof = shown.get(answer);
    if (!identity.ended || !proof) return false;
    identity.ended(proof);
    return true;
  };

  const open = async (call: ApiCall, signal: AbortSignal): Promise<ClusterAnswer> => {
    const answer = await openOnce(call, signal);
    if (answer.status !== 401 || !renews(answer)) return answer;
    await answer.body.cancel();
    return openOnce(call, signal);
  };

  const openOnce = (call: ApiCall, signal: AbortSignal): Promise<ClusterAnswer> => {
    const stop = new AbortController();
    const over = AbortSignal.any([signal, stop.signal]);
    // The limit is for the head alone; the signal stays with what comes after it.
    return deadline(clock, headLimit, signal, async (limit) => {
      const onLimit = () => stop.abort(limit.reason);
      limit.addEventListener('abort', onLimit, { once: true });
      try {
        return await attempt(call, over);
      } finally {
        limit.removeEventListener('abort', onLimit);
      }
    });
  };

  const read = (call: ApiCall, signal: AbortSignal) =>
    deadline(clock, attemptLimit, signal, async (limit) => {
      const answer = await attempt(call, limit);
      const { body, headers, status } = await wholeAnswer(answer, longestAnswer);
      const text = new TextDecoder().decode(body);
      return { answer, status, headers, text, warnings: warningsIn(answer.all('warning')) };
    });

  const send = async (call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> => {
    const start = clock.now();
    let repeated = false;
    let renewed = false;
    for (let wait = pause.first; ; wait = Math.min(wait * 2, pause.most)) {
      const outcome = await settled(() => read(call, signal));
      signal.throwIfAborted();
      const waited = clock.now() - start;
      if ('error' in outcome) {
        const { error } = outcome;
        if (error instanceof Failure) throw error;
        const budget = hasAnswered ? awayBudget : firstBudget;
        if (!isNetworkError(error) || waited + wait > budget) {
          throw unreachable(error, { server: access.server, call, hasAnswered });
        }
        repeated = true;
        await clock.sleep(jittered(wait), signal);
        continue;
      }
      const { answer: head, ...answer } = outcome.answer;
      const status = answer.status < 400 ? undefined : statusIn(answer.text);
      if (answer.status === 401) {
        if (renewed || !renews(head)) throw notAccepted(status, access);
        renewed = true;
        continue;
      }
      if (!isLater(answer.status, status, call)) return { ...answer, repeated };
      const asked = status?.retryAfter ?? retryAfter(answer.headers, clock.now());
      const next = Math.max(jittered(wait), asked);
      if (waited + next > throttleBudget) {
        throw new Throttled(`${call.what}: HTTP ${answer.status} ${status?.message ?? ''}`.trim(), {
          ...(asked > 0 && { retryAfter: asked }),
        });
      }
      // A server that failed while it worked may have done it.
      if (answer.status !== 429) repeated = true;
      await clock.sleep(next, signal);
    }
  };

  return { send, open, openOnce, renews, serverNow: () => clock.now() + ahead };
}

/**
 * Whether an answer says "not now" rather than "no". An inner error is one of a webhook or of etcd: a
 * read may be repeated after it.
 */
export function isLater(code: number, status: ApiStatus | undefined, call: ApiCall): boolean {
  if (code === 429 || code === 502 || code === 503 || code === 504) return true;
  return code === 500 && (status?.reason === 'ServerTimeout' || call.method === 'GET');
}

async function settled<A>(attempt: () => Promise<A>): Promise<{ answer: A } | { error: unknown }> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

/** The texts of `Warning` headers. Source: RFC 7234, section 5.5 */
export function warningsIn(headers: readonly string[]): string[] {
  const texts = headers.flatMap((header) =>
    [...header.matchAll(/\b\d{3} \S{1,100} "((?:[^"\\]|\\.){0,10000})"/g)].map(([, text = '']) =>
      text.replace(/\\(.)/g, '$1'),
    ),
  );
  return [...new Set(texts)];
}
