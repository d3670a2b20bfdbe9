import { atAddress, type HealthAddress, healthAddress } from '@slipway/shared/deploy/health';
import { Failure } from '@slipway/shared/failure/failure';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { GroupView } from './rollout/group-view.ts';
import type { Settings } from './settings.ts';

/** Which of the two groups is asked, and how it is seen. */
export interface AskedGroup {
  role: 'candidate' | 'production';
  name: string;
  view: GroupView;
  port: number | undefined;
}

/**
 * Where the app answers. A path is asked at the IP address that Azure reports and not at the name: a
 * name that was just made may be unknown to the runner for minutes. A candidate is asked at its own
 * address, for the path of `health-url` too.
 * @returns undefined where nothing is asked for, or a candidate has no address to ask
 * @throws Failure `aci/no-address`
 */
export function addressOf(
  settings: Pick<Settings, 'health-url' | 'health-path'>,
  { role, name, view, port }: AskedGroup,
  fetch: Fetch,
): HealthAddress | undefined {
  const { 'health-path': path, 'health-url': url } = settings;
  if (!url && path === undefined) return undefined;
  const isCandidate = role === 'candidate';
  const reported =
    view.ip === undefined || port === undefined ? undefined : `http://${hostOf(view.ip)}:${port}`;
  const given =
    isCandidate && url ? { url: undefined, path: url.pathname + url.search } : { url, path };
  const at = healthAddress(given, reported);
  if (at) {
    const health = atAddress(at, fetch);
    return given.url ? health : { ...health, url: servedAt(view, port) };
  }
  if (isCandidate) return undefined;
  throw Failure.of('aci/no-address', { group: name });
}

/** Where a group serves, by its public name where it has one; empty where it has no address. */
export function servedAt({ fqdn, ip }: GroupView, port: number | undefined): string {
  const host = fqdn ?? (ip === undefined ? undefined : hostOf(ip));
  return host === undefined || port === undefined ? '' : new URL(`http://${host}:${port}`).origin;
}

function hostOf(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
