import { messageOf } from '../../failure/failure.ts';
import { exchange, type WholeAnswer } from '../../http/exchange.ts';
import type { Fetch } from '../../http/fetch.ts';
import { field, parseJson } from '../../http/json.ts';
import { persist } from '../../http/retry.ts';
import { oneLine, refusalOf } from '../../image/said.ts';
import type { Clock } from '../../time/clock.ts';
import { TimeoutReached } from '../../time/deadline.ts';
import type { Marker } from './marker.ts';

/** What a deploy may lose to a marker, in milliseconds: two tries of this and a pause. */
const limit = 5_000;
const budget = 10_000;

/**
 * Writes an annotation for all dashboards of the organization. Tries once more where there was no
 * answer, or one of "not now". Source: Grafana's documentation, "Annotations HTTP API"
 * @returns its id, or why there is none; never throws
 */
export async function writeMarker(
  { url, token }: { url: URL; token: string },
  marker: Marker,
  { clock, signal, fetch }: { clock: Clock; signal: AbortSignal; fetch: Fetch },
): Promise<{ id: number } | string> {
  // What is left of the time of a cancelled run is for the outputs.
  if (signal.aborted) return 'the run was cancelled';
  const request = {
    method: 'POST' as const,
    url: new URL(`${url.pathname.replace(/\/+$/, '')}/api/annotations`, url),
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(marker),
    limit,
  };
  const wire = { fetch, clock, signal, guard: () => undefined };
  try {
    const answer = await persist({ clock, signal, budget, tries: 2 }, () =>
      exchange(wire, request),
    );
    return idIn(answer) ?? refusal(answer, request.url);
  } catch (error) {
    if (signal.aborted) return 'the run was cancelled';
    if (error instanceof TimeoutReached) return `no answer within ${limit / 1_000} s`;
    return oneLine(messageOf(error));
  }
}

function idIn({ status, body }: WholeAnswer): { id: number } | undefined {
  const id = field(parseJson(new TextDecoder().decode(body)), 'id');
  return status === 200 && typeof id === 'number' ? { id } : undefined;
}

function refusal(answer: WholeAnswer, asked: URL): string {
  const { status, headers } = answer;
  const { said } = refusalOf(answer);
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    const next = URL.parse(location, asked.href);
    return `it redirects to ${oneLine(next ? next.origin + next.pathname : location)}, where a token is not sent`;
  }
  if (status === 401) return `it does not know the token (${said})`;
  if (status === 403) return `the token lacks the permission annotations:create (${said})`;
  if (status === 404) return `it has no ${asked.pathname} (${said})`;
  if (status === 200) return 'it answers without the id of an annotation, so it is not Grafana';
  return `it refuses (${said})`;
}
