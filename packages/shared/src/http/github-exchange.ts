import type { Clock } from '../time/clock.ts';
import { deadline } from '../time/deadline.ts';
import type { AskGitHub, GitHubAnswer, GitHubRequest } from './github.ts';
import { field, listField, textField } from './json.ts';

/** One request to GitHub, without its limit. */
export type TimedRequest = Omit<GitHubRequest, 'signal'>;

/** Time for one request with its body, in milliseconds. */
export const requestLimit = 30_000;
/** What GitHub asks for where it names no time. Source: "Rate limits for the REST API" */
const secondaryPause = 60;

/**
 * Sends one request and reads the answer, which says "not now" (429) where GitHub limits the rate.
 * @throws TimeoutReached after {@link requestLimit}; what `fetch` throws
 */
export function askInTime(
  wire: { ask: AskGitHub; clock: Clock; signal: AbortSignal },
  request: TimedRequest,
): Promise<GitHubAnswer> {
  const { body } = request;
  // What is uploaded may take longer than an answer.
  const limit = body instanceof Blob ? requestLimit + body.size / 100 : requestLimit;
  return deadline(wire.clock, limit, wire.signal, async (signal) => {
    return asNotNow(await wire.ask({ ...request, signal }), wire.clock);
  });
}

/**
 * Gives a rate limit the status and header that say so: GitHub answers 403 as often as 429, with
 * `retry-after`, with the time of the reset, or with words only; GraphQL answers 200.
 * Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function asNotNow(answer: GitHubAnswer, clock: Clock): GitHubAnswer {
  const seconds = pauseAskedFor(answer, clock);
  if (seconds === undefined) return answer;
  const pause = String(Math.max(0, Math.ceil(seconds)));
  const get = (name: string) => (name === 'retry-after' ? pause : answer.headers.get(name));
  return { ...answer, headers: { get }, status: 429 };
}

function pauseAskedFor(answer: GitHubAnswer, clock: Clock): number | undefined {
  const { headers, status } = answer;
  if (status !== 403 && status !== 429 && !(status === 200 && isRateLimited(answer))) {
    return undefined;
  }
  const after = headers.get('retry-after');
  if (after !== null && /^\d+$/.test(after)) return Number(after);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (headers.get('x-ratelimit-remaining') === '0' && !Number.isNaN(reset)) {
    return reset - clock.now() / 1_000;
  }
  const limited =
    status !== 403 || /secondary rate limit|rate limit exceeded/i.test(saidBy(answer));
  return limited ? secondaryPause : undefined;
}

function isRateLimited({ body }: GitHubAnswer): boolean {
  return listField(body, 'errors').some((error) => textField(error, 'type') === 'RATE_LIMITED');
}

/** GitHub's words in an answer that refuses, on one line; the status where it has none. */
export function saidBy(answer: GitHubAnswer): string {
  return wordsOf(answer) || `status ${answer.status}`;
}

/** GitHub's words in an answer that refuses; empty where it has none. */
export function wordsOf({ body }: GitHubAnswer): string {
  const details = listField(body, 'errors').map((error) => {
    const code = textField(error, 'code');
    if (typeof error === 'string') return error;
    return (
      textField(error, 'message') ?? [textField(error, 'field'), code].filter(Boolean).join(' ')
    );
  });
  const words = [textField(body, 'message'), ...details, textOfField(body, 'error')];
  return words.filter(Boolean).join('; ');
}

function textOfField(body: unknown, key: string): string | undefined {
  const found = field(body, key);
  return typeof found === 'string' ? found : undefined;
}
