import type { Direction, ProofOfLife } from '@slipway/shared/deploy/target';
import { askOverHttp, type Expectation, type Proof, prove } from '@slipway/shared/probe/probe';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { type Container, type PublishedPort, publishedPorts } from './compose-state.ts';
import type { Host } from './connection.ts';
import { askThroughTunnel } from './tunnel.ts';

/** Where the app answers: an address for the runner, or a path at the first published port. */
export type Health = { url: URL } | { path: string } | undefined;

/** What a proof needs. */
export interface ProofTools {
  host: Host;
  clock: Clock;
  fetch: typeof fetch;
  /** The containers that run the image in question. */
  ours(): Promise<Container[]>;
}

/** Proves that the app answers as expected, from the runner or on the host itself. */
export async function proveHealth(
  health: Health,
  expected: Expectation,
  { host, clock, fetch, ours }: ProofTools,
  direction: Direction,
  signal: AbortSignal,
): Promise<ProofOfLife> {
  if (!health) {
    return { url: '', how: 'by the state of its containers only (no health-url, no health-path)' };
  }
  // The text names the new version, so the old one cannot show it; its image is known by digest.
  const wanted = direction === 'forward' ? expected : { status: expected.status };
  if ('url' in health) {
    const ask = askOverHttp(health.url, fetch);
    const proof = await prove(health.url.href, ask, wanted, clock, signal);
    return { url: health.url.origin, how: said(health.url.href, proof) };
  }
  // A container that is being restarted publishes nothing for that moment.
  const firstPort = async () => (await ours()).flatMap(publishedPorts)[0];
  let port: PublishedPort | undefined = await firstPort();
  const address = () =>
    port ? `http://${port.address || '127.0.0.1'}:${port.port}${health.path}` : health.path;
  const onHost = ` on ${host.address.host}`;
  const proof = await prove(
    `${address()}${onHost}`,
    async (within) => {
      port ??= await firstPort();
      if (!port) throw new Error('the container publishes no port');
      return askThroughTunnel(host, port.port, health.path)(within);
    },
    wanted,
    clock,
    signal,
  );
  const name = port?.address === '127.0.0.1' ? '127.0.0.1' : host.address.host;
  return { url: `http://${name}:${port?.port ?? ''}`, how: said(`${address()}${onHost}`, proof) };
}

function said(address: string, { status, ms, looks }: Proof): string {
  return `by ${address} answering ${status} after ${formatDuration(ms)} (look ${looks})`;
}
