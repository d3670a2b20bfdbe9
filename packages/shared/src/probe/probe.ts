import { Failure, messageOf } from '../failure/failure.ts';
import type { Fetch, HttpAnswer } from '../http/fetch.ts';
import type { Clock } from '../time/clock.ts';
import { deadline, TimeoutReached } from '../time/deadline.ts';
import { formatDuration } from '../time/duration.ts';
import { poll } from '../time/poll.ts';

/** What counts as proof that the app serves, and serves the right version. */
export interface Expectation {
  status(code: number): boolean;
  /** Text that the answer must contain, such as a commit. */
  text?: string;
}

/** One answer of the app. */
export interface Answer {
  status: number;
  body: string;
}

/** Asks the app once, at an address that it is known to have. */
export type Ask = (signal: AbortSignal) => Promise<Answer>;

/** How the proof was found. */
export interface Proof {
  looks: number;
  /** From the first look to the proof, in milliseconds. */
  ms: number;
  status: number;
}

const oneLook = 5_000;
const mostBody = 256 * 1024;

/**
 * Asks until the answer is what is expected; the first look is at once.
 * @param address only for the words of the failure
 * @param signal says when the time is up, by {@link TimeoutReached}
 * @throws Failure `deploy/unproven` with the last thing seen when the time is up; otherwise the
 *   signal's reason when aborted
 */
export async function prove(
  address: string,
  ask: Ask,
  expected: Expectation,
  clock: Clock,
  signal: AbortSignal,
): Promise<Proof> {
  const start = clock.now();
  let looks = 0;
  let seen = 'no answer yet';
  const look = async (): Promise<Proof | undefined> => {
    looks += 1;
    try {
      const answer = await deadline(clock, oneLook, signal, ask);
      const wrong = mismatch(answer, expected);
      if (wrong === undefined) return { looks, ms: clock.now() - start, status: answer.status };
      seen = wrong;
    } catch (error) {
      signal.throwIfAborted();
      seen = error instanceof TimeoutReached ? 'no answer within 5 s' : messageOf(error);
    }
    return undefined;
  };
  try {
    return await poll(clock, signal, look, { first: 500, most: 3_000 });
  } catch (error) {
    if (!(error instanceof TimeoutReached)) throw error;
    throw Failure.of('deploy/unproven', {
      url: address,
      seen,
      waited: formatDuration(clock.now() - start),
    });
  }
}

/** Asks over HTTP(S) from here. Redirects are answers: a login page is not a proof. */
export function askOverHttp(url: URL, fetch: Fetch): Ask {
  return async (signal) => {
    const response = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { 'user-agent': 'slipway-probe', 'cache-control': 'no-cache', connection: 'close' },
    });
    return { status: response.status, body: await startOf(response) };
  };
}

async function startOf(response: HttpAnswer): Promise<string> {
  const decoder = new TextDecoder();
  let body = '';
  if (!response.body) return body;
  for await (const chunk of response.body) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > mostBody) break;
  }
  return body;
}

function mismatch(answer: Answer, expected: Expectation): string | undefined {
  if (!expected.status(answer.status)) return `it answered ${answer.status}`;
  if (expected.text !== undefined && !answer.body.includes(expected.text)) {
    return `it answered ${answer.status}, but without the text ${expected.text}`;
  }
  return undefined;
}
