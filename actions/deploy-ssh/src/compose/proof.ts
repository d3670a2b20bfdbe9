import { type Health, proveHealth } from '@slipway/shared/deploy/health';
import type { Direction, Proof } from '@slipway/shared/deploy/target';
import { bracketed } from '../ssh/address.ts';
import type { Host } from '../ssh/host.ts';
import { askThroughTunnel } from '../ssh/tunnel.ts';
import { type Container, type PublishedPort, publishedPorts } from './state.ts';

/** What a proof on a host needs. */
export interface ProofTools {
  host: Host;
  health: Health;
  /** The containers of which one is asked. */
  containers(): Promise<Container[]>;
}

/** Proves that the app answers as expected on the host itself, at its first published port. */
export async function proveOnHost(
  path: string,
  { host, health, containers }: ProofTools,
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
