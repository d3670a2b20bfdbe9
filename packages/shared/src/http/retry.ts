import type { Clock } from '../time/clock.ts';
import { TimeoutReached } from '../time/deadline.ts';
import type { WholeAnswer } from './exchange.ts';
import type { HttpFields } from './fetch.ts';
import { field, textField } from './json.ts';
import { ProxyRefused } from './proxy-refused.ts';

/** Statuses that say "not now" rather than "no". */
export const passing = new Set([408, 429, 500, 502, 503, 504]);
/** Codes of Node and undici for a network that failed, as opposed to a name or certificate that is wrong. */
const network = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);
const mostTries = 8;

/** How long it is worth trying. */
export interface Patience {
  clock: Clock;
  signal: AbortSignal;
  /** Time after which no further try begins, in milliseconds. */
  budget: number;
  /** Tries, 8 when not given: less where there is another way. */
  tries?: number | undefined;
}

/**
 * Tries an exchange until it gets a definite answer, with growing pauses of 0.5 to 8 s (±20 %), or
 * those that the server asks for by `Retry-After` when they are longer and fit into the budget.
 * @returns the last answer; it has a status of "not now" when the patience was used up
 * @throws the last network error; other errors at once; the signal's reason when aborted
 */
export async function persist<A extends Definite>(
  { clock, signal, budget, tries: most = mostTries }: Patience,
  attempt: () => Promise<A>,
): Promise<A> {
  const end = clock.now() + budget;
  for (let tries = 1; ; tries++) {
    const outcome = await settle(attempt);
    signal.throwIfAborted();
    if ('error' in outcome ? !isNetworkError(outcome.error) : !passing.has(outcome.answer.status)) {
      return unwrap(outcome);
    }
    const asked = 'answer' in outcome ? retryAfter(outcome.answer.headers, clock.now()) : 0;
    const own = Math.min(500 * 2 ** (tries - 1), 8_000) * (0.8 + Math.random() * 0.4);
    const pause = Math.max(asked, own);
    if (tries === most || clock.now() + pause > end) return unwrap(outcome);
    await clock.sleep(pause, signal);
  }
}

type Definite = Pick<WholeAnswer, 'status' | 'headers'>;
type Tried<A> = { answer: A } | { error: unknown };

async function settle<A>(attempt: () => Promise<A>): Promise<Tried<A>> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function unwrap<A>(outcome: Tried<A>): A {
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;
}

/** Whether an error says that there was no answer, and not that something is wrong. */
export function isNetworkError(error: unknown): boolean {
  if (error instanceof ProxyRefused) return error.status === undefined || passing.has(error.status);
  if (error instanceof TimeoutReached || network.has(textField(error, 'code') ?? '')) return true;
  const cause = field(error, 'cause');
  return cause !== undefined && cause !== error && isNetworkError(cause);
}

/** Milliseconds that `Retry-After` (RFC 9110, 10.2.3) asks for; 0 when it asks for nothing. */
export function retryAfter(headers: HttpFields, now: number): number {
  const text = headers.get('retry-after')?.trim() ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}
