import { Failure } from '../failure/failure.ts';
import { deadline } from '../time/deadline.ts';
import type { Means } from './means.ts';

/** One request to a token service. Every question here may be asked twice without harm. */
export interface Question {
  /** Who is asked, for people: `Microsoft Entra ID`. */
  service: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Sent as a POST of a form; without it the request is a GET. */
  form?: Readonly<Record<string, string>>;
}

export interface Answer {
  /** 200 to 499 without 429: everything else was tried again and then given up. */
  status: number;
  text: string;
}

const attempts = 4;
const attemptLimit = 10_000;
const firstPause = 500;
const longestPause = 10_000;

/**
 * Asks a token service, up to four times: a lost connection, ten seconds of silence, 429 and 5xx
 * are tried again, after the pause that `Retry-After` names or 0.5, 1 and 2 s. A redirect is an
 * error, so that a token goes nowhere else.
 * @throws Failure `identity/unavailable` when the last attempt brought no answer either
 */
export async function ask(question: Question, means: Means): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await askOnce(question, means);
    if ('text' in outcome) return outcome;
    if (attempt === attempts) {
      const { service } = question;
      throw Failure.of('identity/unavailable', { service, said: outcome.said }, outcome.cause);
    }
    const pause = outcome.pause ?? firstPause * 2 ** (attempt - 1) * (0.9 + Math.random() * 0.2);
    await means.clock.sleep(pause, means.signal);
  }
}

interface Trouble {
  said: string;
  cause?: unknown;
  /** Milliseconds that the service asked for. */
  pause?: number | undefined;
}

async function askOnce(question: Question, means: Means): Promise<Answer | Trouble> {
  const { form, headers, url } = question;
  try {
    return await deadline(means.clock, attemptLimit, means.signal, async (signal) => {
      const response = await means.fetch(url, {
        method: form ? 'POST' : 'GET',
        headers: { accept: 'application/json', ...headers },
        ...(form && { body: new URLSearchParams(form) }),
        redirect: 'error',
        signal,
      });
      const text = await response.text();
      return response.status === 429 || response.status >= 500
        ? { said: `HTTP ${response.status}`, pause: askedPause(response.headers) }
        : { status: response.status, text };
    });
  } catch (cause) {
    means.signal?.throwIfAborted();
    return { said: networkReason(cause), cause };
  }
}

// https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; the form with a date is not used by
// these services.
function askedPause(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds * 1_000, longestPause) : undefined;
}

// fetch says only "fetch failed"; the reason is in the cause.
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'no connection';
  const reason = error.cause instanceof Error ? error.cause : error;
  return 'code' in reason && typeof reason.code === 'string' ? reason.code : reason.message;
}
