import type { Direction, ProofOfLife } from '@slipway/shared/deploy/target';
import type { Fetch } from '@slipway/shared/http/fetch';
import { askOverHttp, type Expectation, type Proof, prove } from '@slipway/shared/probe/probe';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { type Container, type PublishedPort, publishedPorts } from '../compose/state.ts';
import type { Host } from '../ssh/connection.ts';
import { askThroughTunnel } from '../ssh/tunnel.ts';
import { bracketed } from './address.ts';

/** What a proof on a host needs. */
export interface ProofTools {
  host: Host;
  clock: Clock;
  /** The containers of which one is asked. */
  containers(): Promise<Container[]>;
}

/** Proves that the app answers as expected at an address that is asked from the runner. */
export async function proveAt(
  url: URL,
  expected: Expectation,
  { clock, fetch }: { clock: Clock; fetch: Fetch },
  direction: Direction,
  signal: AbortSignal,
): Promise<ProofOfLife> {
  const ask = askOverHttp(url, fetch);
  const proof = await prove(url.href, ask, wanted(expected, direction), clock, signal);
  return { url: url.origin, how: said(url.href, proof) };
}

/** Proves that the app answers as expected on the host itself, at its first published port. */
export async function proveOnHost(
  path: string,
  expected: Expectation,
  { host, clock, containers }: ProofTools,
  direction: Direction,
  signal: AbortSignal,
): Promise<ProofOfLife> {
  // A container that is being restarted publishes nothing for that moment.
  const firstPort = async () => (await containers()).flatMap(publishedPorts)[0];
  let port: PublishedPort | undefined = await firstPort();
  const address = () => (port ? `http://${port.address || '127.0.0.1'}:${port.port}${path}` : path);
  const onHost = ` on ${host.address.host}`;
  const proof = await prove(
    `${address()}${onHost}`,
    async (within) => {
      port ??= await firstPort();
      if (!port) throw new Error('no container publishes a port');
      return askThroughTunnel(host, port.port, path)(within);
    },
    wanted(expected, direction),
    clock,
    signal,
  );
  const name = port?.address === '127.0.0.1' ? '127.0.0.1' : bracketed(host.address.host);
  return { url: `http://${name}:${port?.port ?? ''}`, how: said(`${address()}${onHost}`, proof) };
}

/**
 * Proves that the app answers as expected at an address of the host's own loopback, which is asked
 * through the connection.
 */
export async function proveThroughHost(
  url: URL | undefined,
  expected: Expectation,
  { host, clock }: { host: Host; clock: Clock },
  direction: Direction,
  signal: AbortSignal,
): Promise<ProofOfLife> {
  if (!url) return { url: '', how: 'by its restart only' };
  const address = `${url.href} on ${host.address.host}`;
  const ask = askThroughTunnel(host, Number(url.port || 80), `${url.pathname}${url.search}`);
  const proof = await prove(address, ask, wanted(expected, direction), clock, signal);
  return { url: url.origin, how: said(address, proof) };
}

// The text names the new version, so the old one cannot show it; its image is known by digest.
function wanted({ status, text }: Expectation, direction: Direction): Expectation {
  return direction === 'forward' && text !== undefined ? { status, text } : { status };
}

function said(address: string, { status, ms, looks }: Proof): string {
  const when = looks === 1 ? 'at the first look' : `at look ${looks}, after ${formatDuration(ms)}`;
  return `by ${address} answering ${status} ${when}`;
}
