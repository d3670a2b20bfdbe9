import type { Duplex } from 'node:stream';
import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import type { Client } from 'ssh2';

/** A stream from the machine behind an open connection to an address that it can reach. */
export function forward(
  client: Client,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const stream = new Promise<Duplex>((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
      error ? reject(error) : resolve(channel),
    );
  });
  // A stream that comes too late has no other owner who would close it.
  stream.then((late) => signal.aborted && late.destroy()).catch(() => undefined);
  return unlessAborted(stream, signal);
}
