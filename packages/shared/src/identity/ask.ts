import { Failure } from '../failure/failure.ts';
import { wholeAnswer } from '../http/exchange.ts';
import type { HttpFields } from '../http/fetch.ts';
import { field, parseJson, textField } from '../http/json.ts';
import { ProxyRefused } from '../http/proxy-refused.ts';
import { passing, persist } from '../http/retry.ts';
import { deadline, TimeoutReached } from '../time/deadline.ts';
import type { IdentityContext } from './context.ts';

/** One request to a token service. Every request here may be asked twice without harm. */
export interface TokenRequest {
  /** Who is asked, for people: `Microsoft Entra ID`. */
  service: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Sent as a POST of a form; without it and `json` the request is a GET. */
  form?: Readonly<Record<string, string>>;
  /** Sent as a POST of JSON. */
  json?: object;
}

export interface TokenAnswer {
  status: number;
  headers: HttpFields;
  /** The parsed JSON; undefined when the answer is none. */
  body: unknown;
}

/** Time for one attempt, in milliseconds. */
const attemptLimit = 10_000;
/** Time after which no further attempt begins, in milliseconds. */
const budget = 20_000;
/** The longest answer that is read, in bytes: a token and its claims. */
const longestAnswer = 1024 * 1024;

/**
 * Asks a token service until it has a definite answer: a lost connection, ten seconds of silence,
 * 429 and 5xx are tried again. A redirect is an error, so that a token goes nowhere else.
 * @throws Failure `identity/unavailable` when there was no definite answer in time
 */
export async function ask(request: TokenRequest, context: IdentityContext): Promise<TokenAnswer> {
  const { clock, signal = new AbortController().signal } = context;
  const { headers, service, url } = request;
  const body = bodyOf(request);
  const attempt = () =>
    deadline(clock, attemptLimit, signal, async (limit) => {
      const response = await context.fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: {
          accept: 'application/json',
          ...(body && { 'content-type': body.type }),
          ...headers,
        },
        ...(body && { body: body.text }),
        redirect: 'error',
        signal: limit,
      });
      return wholeAnswer(response, longestAnswer);
    });
  try {
    const { body, headers, status } = await persist({ clock, signal, budget }, attempt);
    if (passing.has(status)) throw unusable(service, `HTTP ${status}`);
    return { status, headers, body: parseJson(new TextDecoder().decode(body)) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw unusable(service, networkReason(error), error);
  }
}

function bodyOf({ form, json }: TokenRequest): { type: string; text: string } | undefined {
  if (json) return { type: 'application/json', text: JSON.stringify(json) };
  if (!form) return undefined;
  const type = 'application/x-www-form-urlencoded;charset=UTF-8';
  return { type, text: String(new URLSearchParams(form)) };
}

/** The failure for a service that did not answer, or not as it should. */
export function unusable(service: string, said: string, cause?: unknown): Failure {
  return Failure.of('identity/unavailable', { service, said }, cause);
}

// fetch says only "fetch failed"; the reason is in the cause.
function networkReason(error: unknown): string {
  if (error instanceof TimeoutReached) return `no answer within ${attemptLimit / 1_000} s`;
  const reason = field(error, 'cause') ?? error;
  if (reason instanceof ProxyRefused) return reason.message;
  return textField(reason, 'code') ?? textField(reason, 'message') ?? 'no connection';
}
