import { atAddress, type Health, proveHealth } from '@slipway/shared/deploy/health';
import type { Direction, Proof } from '@slipway/shared/deploy/target';
import { httpFetch } from '@slipway/shared/http/fetch';
import type { Host } from '../ssh/host.ts';
import { askThroughTunnel } from '../ssh/tunnel.ts';

/** The proof at an address that all hosts serve together; undefined where there is none. */
export function proveTogetherAt(url: URL | undefined, health: Health) {
  return (
    url &&
    ((direction: Direction, signal: AbortSignal) =>
      proveHealth(atAddress(url, httpFetch), health, direction, signal))
  );
}

/**
 * Proves that the app answers as expected at an address of the host's own loopback, which is asked
 * through the connection.
 */
export async function proveThroughHost(
  url: URL | undefined,
  { host, health }: { host: Host; health: Health },
  direction: Direction,
  signal: AbortSignal,
): Promise<Proof> {
  if (!url) return { url: '', how: 'by its restart only' };
  const ask = askThroughTunnel(host, Number(url.port || 80), `${url.pathname}${url.search}`);
  const address = `${url.href} on ${host.address.host}`;
  return proveHealth({ address, url: url.origin, ask }, health, direction, signal);
}
