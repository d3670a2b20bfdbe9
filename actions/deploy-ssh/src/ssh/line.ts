import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline } from '@slipway/shared/time/deadline';
import { wireName } from '../host/address.ts';
import { type Credentials, login, type Peer } from './login.ts';
import { patientLookup } from './patient-lookup.ts';
import type { Connection } from './remote-script.ts';
import { shellsOn } from './shells.ts';

/** One connection to a machine: made when it is first needed, and anew after it was lost. */
export interface Line {
  readonly peer: Peer;
  /** Whether it was ever there. */
  reached(): boolean;
  /** Who comes while it is being made waits for the same one. */
  connected(signal: AbortSignal): Promise<Connection>;
  /** The next script gets a shell that starts after this; a step may have changed the profile. */
  refresh(): void;
  close(): Promise<void>;
}

/** Opens a stream to a machine; an abort of the signal lets go of it while it is being made. */
export type Dial = (peer: Peer, signal: AbortSignal) => Promise<Duplex>;

const farewell = 1_000;

/** A line that nothing has been asked of yet. */
export async function openLine(
  peer: Peer,
  credentials: Credentials,
  dial: Dial = dialTcp,
): Promise<Line> {
  const { default: ssh2 } = await import('ssh2');
  const { address } = peer;
  let open: (Connection & { ready: Promise<void> }) | undefined;
  let reached = false;
  const connect = () => {
    const client = new ssh2.Client();
    const given = new AbortController();
    const drop = () => {
      if (open === mine) open = undefined;
      given.abort(new Error('the connection was given up'));
      client.destroy();
    };
    const ready = dial(peer, given.signal).then((socket) => {
      if (given.signal.aborted) socket.destroy();
      given.signal.throwIfAborted();
      return login(client, peer, credentials, socket);
    });
    const mine = { client, address, drop, ready, shells: shellsOn(client) };
    client.once('close', drop);
    ready.then(() => (reached = true), drop);
    return mine;
  };
  return {
    peer,
    reached: () => reached,
    async connected(signal) {
      signal.throwIfAborted();
      open ??= connect();
      const connection = open;
      await unlessAborted(connection.ready, signal);
      return connection;
    },
    refresh: () => open?.shells.refresh(),
    async close() {
      const connection = open;
      if (!connection) return;
      // On a line on which nothing passes any more, there is nobody to take leave of.
      const leave = connection.shells.end().catch(() => undefined);
      await deadline(systemClock, farewell, undefined, (within) =>
        unlessAborted(leave, within),
      ).catch(() => undefined);
      connection.drop();
    },
  };
}

// Small packets go out at once: without this a command takes 40 ms longer on each turn.
const dialTcp: Dial = async ({ address }) =>
  connectTcp({
    host: wireName(address),
    port: address.port,
    noDelay: true,
    lookup: patientLookup(),
  });
