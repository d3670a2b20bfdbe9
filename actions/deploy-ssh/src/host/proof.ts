import { atAddress, type Health, proveHealth } from '@slipway/shared/deploy/health';
import type { Direction, Proof } from '@slipway/shared/deploy/target';
import { httpFetch } from '@slipway/shared/http/fetch';
import { type Container, type PublishedPort, publishedPorts } from '../compose/state.ts';
import type { Host } from '../ssh/host.ts';
import { askThroughTunnel } from '../ssh/tunnel.ts';
import { bracketed } from './address.ts';

/** What a proof on a host needs. */
export interface ProofTools {
  host: Host;
  /** The containers of which one is asked. */
  containers(): Promise<Container[]>;
}

/** The proof at an address that all hosts serve together; undefined where there is none. */
export function proveTogetherAt(url: URL | undefined, health: Health) {
  return (
    url &&
    ((direction: Direction, signal: AbortSignal) =>
      proveHealth(atAddress(url, httpFetch), health, direction, signal))
  );
}

/** Proves that the app answers as expected on the host itself, at its first published port. */
export async function proveOnHost(
  path: string,
  health: Health,
  { host, containers }: ProofTools,
  direction: Direction,
  signal: AbortSignal,
): Promise<Proof> {
  // A container that is being restarted publishes nothing for that moment.
  const firstPort = async () => (await containers()).flatMap(publishedPorts)[0];
  let port: PublishedPort | undefined = await firstPort();
  const place = () =>
    `${port ? `http://${port.address || '127.0.0.1'}:${port.port}${path}` : path} on ${host.address.host}`;
  const url = () => {
    const name = port?.address === '127.0.0.1' ? '127.0.0.1' : bracketed(host.address.host);
    return `http://${name}:${port?.port ?? ''}`;
  };
  const asked = {
    get address() {
      return place();
    },
    get url() {
      return url();
    },
    async ask(within: AbortSignal) {
      port ??= await firstPort();
      if (!port) throw new Error('no container publishes a port');
      return askThroughTunnel(host, port.port, path)(within);
    },
  };
  return proveHealth(asked, health, direction, signal);
}

/**
 * Proves that the app answers as expected at an address of the host's own loopback, which is asked
 * through the connection.
 */
export async function proveThroughHost(
  url: URL | undefined,
  health: Health,
  host: Host,
  direction: Direction,
  signal: AbortSignal,
): Promise<Proof> {
  if (!url) return { url: '', how: 'by its restart only' };
  const ask = askThroughTunnel(host, Number(url.port || 80), `${url.pathname}${url.search}`);
  const address = `${url.href} on ${host.address.host}`;
  return proveHealth({ address, url: url.origin, ask }, health, direction, signal);
}
