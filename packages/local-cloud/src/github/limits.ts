import type { Fault } from '../http/faults.ts';

/**
 * What GitHub answers when a client asks too much at once.
 * Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * @param retryAfter seconds; not given: the answer does not say how long to wait
 */
export function secondaryLimit(retryAfter?: number, status: 403 | 429 = 403): Fault {
  const documentation =
    'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits';
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
    },
    body: JSON.stringify({
      message:
        'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      documentation_url: documentation,
      status: `${status}`,
    }),
  };
}

/** What GitHub answers when a server behind its front has failed. */
export function badGateway(status: 500 | 502 | 503 | 504 = 502): Fault {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ message: 'Server Error' }),
  };
}
