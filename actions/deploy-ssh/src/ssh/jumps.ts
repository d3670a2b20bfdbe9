import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { type HostAddress, wireName } from '../host/address.ts';
import { forward } from './forward.ts';
import { type Dial, type Line, openLine } from './line.ts';
import { type Credentials, connectLimit, type Peer, peerName } from './login.ts';

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
  credentials: Credentials,
): Promise<Jumps> {
  const lines: Line[] = [];
  let [dial, via]: [Dial | undefined, string | undefined] = [undefined, undefined];
  for (const address of addresses) {
    const line = await openLine({ address, kind: 'jump host ', via }, credentials, dial);
    lines.push(line);
    [dial, via] = [dialThrough(line), peerName(line.peer)];
  }
  return {
    dial,
    via,
    async close() {
      for (const line of lines.reverse()) await line.close();
    },
  };
}

/** @throws Failure `ssh/jump-forwarding`, `ssh/unreachable-through` or `ssh/lost`, or of the jump host */
function dialThrough(line: Line): Dial {
  return async (peer, signal) => {
    const { client } = await line.connected(signal);
    try {
      return await deadline(systemClock, connectLimit, signal, (within) =>
        forward(client, wireName(peer.address), peer.address.port, within),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, line.peer, peer);
    }
  };
}

/** RFC 4254, section 5.1: reasons of a channel that was not opened. */
const prohibited = 1;

function failureOf(error: unknown, through: Peer, peer: Peer): Failure {
  const [jump, host] = [peerName(through), peerName(peer)];
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
