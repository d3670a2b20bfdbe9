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
export interface HealthAnswer {
  status: number;
  body: string;
}

/** Asks the app once, at an address that it is known to have. */
export type Ask = (signal: AbortSignal) => Promise<HealthAnswer>;

/** What is asked, and what is waited for. */
export interface Probe {
  /** For the words of the failure only. */
  address: string;
  ask: Ask;
  expected: Expectation;
  /** Good answers in a row that prove it: one alone may come from behind a load balancer. */
  threshold: number;
}

/** How the proof was found. */
export interface ProbeResult {
  looks: number;
  /** From the first look to the proof, in milliseconds. */
  ms: number;
  status: number;
}

const oneLook = 5_000;
const mostBody = 256 * 1024;
/** Between good answers, in milliseconds. */
const betweenGood = 300;

/**
 * Asks until the answer is what is expected, as often in a row as asked for; the first look is at
 * once.
 * @param signal says when the time is up, by {@link TimeoutReached}
 * @throws Failure `deploy/unproven` with the last wrong thing seen when the time is up; otherwise
 *   the signal's reason when aborted
 */
export async function probe(
  { address, ask, expected, threshold }: Probe,
  clock: Clock,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const start = clock.now();
  let looks = 0;
  let seen = 'no answer yet';
  const once = async (): Promise<number | undefined> => {
    looks += 1;
    try {
      const answer = await deadline(clock, oneLook, signal, ask);
      const wrong = mismatch(answer, expected);
      if (wrong === undefined) return answer.status;
      seen = wrong;
    } catch (error) {
      signal.throwIfAborted();
      seen = error instanceof TimeoutReached ? 'no answer within 5 s' : messageOf(error);
    }
    return undefined;
  };
  const inARow = async (): Promise<ProbeResult | undefined> => {
    for (let good = 1; ; good++) {
      const status = await once();
      if (status === undefined) {
        if (good > 1) seen += `, after ${good - 1} of ${threshold} good answers in a row`;
        return undefined;
      }
      if (good >= threshold) return { looks, ms: clock.now() - start, status };
      await clock.sleep(betweenGood, signal);
    }
  };
  try {
    return await poll(clock, signal, inARow, { first: 500, most: 3_000 });
  } catch (error) {
    if (!(error instanceof TimeoutReached)) throw error;
    const waited = formatDuration(clock.now() - start);
    throw Failure.of('deploy/unproven', { url: address, seen, waited });
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

function mismatch(answer: HealthAnswer, expected: Expectation): string | undefined {
  if (!expected.status(answer.status)) return `it answered ${answer.status}`;
  if (expected.text !== undefined && !answer.body.includes(expected.text)) {
    return `it answered ${answer.status}, but without the text ${expected.text}`;
  }
  return undefined;
}
