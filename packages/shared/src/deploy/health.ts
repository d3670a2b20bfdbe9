import type { Fetch } from '../http/fetch.ts';
import { type Ask, askOverHttp, type Expectation, probe } from '../probe/probe.ts';
import type { Clock } from '../time/clock.ts';
import { formatDuration } from '../time/duration.ts';
import type { Direction, Proof } from './target.ts';

/** What counts as a healthy answer of the new version. */
export interface Health {
  expected: Expectation;
  /** Good answers in a row. */
  threshold: number;
  clock: Clock;
}

/** Where the app is asked. What it says may change while it is asked: a port becomes known. */
export interface HealthAddress {
  /** For people: `http://127.0.0.1:3000/health on web-1`. */
  address: string;
  /** Where it serves, for the output `url`. */
  url: string;
  ask: Ask;
}

/**
 * Proves that the app answers as expected.
 * @throws Failure `deploy/unproven` when the signal says that the time is up
 */
export async function proveHealth(
  at: HealthAddress,
  { expected, threshold, clock }: Health,
  direction: Direction,
  signal: AbortSignal,
): Promise<Proof> {
  const { address, ask } = at;
  const asked = { address, ask, expected: expectedOf(expected, direction), threshold };
  const { status, looks, ms } = await probe(asked, clock, signal);
  const when = looks === 1 ? 'at the first look' : `at look ${looks}, after ${formatDuration(ms)}`;
  return { url: at.url, how: `by ${at.address} answering ${status} ${when}` };
}

/** An address that is asked from the runner. */
export function atAddress(url: URL, fetch: Fetch): HealthAddress {
  return { address: url.href, url: url.origin, ask: askOverHttp(url, fetch) };
}

/**
 * The address of a health check: the one that was given, or a path on the address that the platform
 * reports.
 * @param reported such as `http://shop.eastus.azurecontainer.io:3000`
 */
export function healthAddress(
  given: { url: URL | undefined; path: string | undefined },
  reported: string | undefined,
): URL | undefined {
  if (given.url) return given.url;
  return given.path === undefined || !reported ? undefined : new URL(given.path, reported);
}

// The text names the new version, so the old one cannot show it; its image is known by digest.
function expectedOf({ status, text }: Expectation, direction: Direction): Expectation {
  return direction === 'forward' && text !== undefined ? { status, text } : { status };
}
