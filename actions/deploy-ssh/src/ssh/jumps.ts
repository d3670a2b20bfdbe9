import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { type HostAddress, wireName } from './address.ts';
import { type Connection, type Dial, openConnection } from './connection.ts';
import { forward } from './forward.ts';
import { connectLimit, type Endpoint, endpointName, type SshCredentials } from './login.ts';

/** The jump hosts on the way to the hosts; they are connected to when the first host is. */
export interface Jumps {
  /** Opens a stream from the last of them; undefined where there are none. */
  dial: Dial | undefined;
  /** The last of them, for messages. */
  via: string | undefined;
  close(): Promise<void>;
}

/**
 * A chain of jump hosts, each reached through the one before. All hosts share its connections: what
 * goes through is a channel for each, which no server counts as a session or a login.
 */
export async function openJumps(
  addresses: readonly HostAddress[],
  credentials: SshCredentials,
): Promise<Jumps> {
  const connections: Connection[] = [];
  let [dial, via]: [Dial | undefined, string | undefined] = [undefined, undefined];
  for (const address of addresses) {
    const connection = await openConnection(
      { address, kind: 'jump host ', via },
      credentials,
      dial,
    );
    connections.push(connection);
    [dial, via] = [dialThrough(connection), endpointName(connection.endpoint)];
  }
  return {
    dial,
    via,
    async close() {
      for (const connection of connections.reverse()) await connection.close();
    },
  };
}

/** @throws Failure `ssh/jump-forwarding`, `ssh/unreachable-through` or `ssh/lost`, or of the jump host */
function dialThrough(connection: Connection): Dial {
  return async (endpoint, signal) => {
    const { client } = await connection.connected(signal);
    try {
      return await deadline(systemClock, connectLimit, signal, (within) =>
        forward(client, wireName(endpoint.address), endpoint.address.port, within),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, connection.endpoint, endpoint);
    }
  };
}

/** RFC 4254, section 5.1: reasons of a channel that was not opened. */
const prohibited = 1;

function failureOf(error: unknown, through: Endpoint, endpoint: Endpoint): Failure {
  const [jump, host] = [endpointName(through), endpointName(endpoint)];
  const said = messageOf(error).replace('(SSH) Channel open failure: ', '');
  if (error instanceof TimeoutReached) {
    const waited = `it did not answer within ${formatDuration(connectLimit)}`;
    return Failure.of('ssh/unreachable-through', { host, jump, said: waited }, error);
  }
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  if (reason === prohibited) {
    const { user } = through.address;
    return Failure.of('ssh/jump-forwarding', { host, jump, user, said }, error);
  }
  // Without a reason, it was not the jump host that answered.
  if (typeof reason !== 'number') return Failure.of('ssh/lost', { host: jump, said }, error);
  return Failure.of('ssh/unreachable-through', { host, jump, said }, error);
}
