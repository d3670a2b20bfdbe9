import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline } from '@slipway/shared/time/deadline';
import { wireName } from './address.ts';
import { type Endpoint, login, type SshCredentials } from './login.ts';
import { patientLookup } from './patient-lookup.ts';
import type { OpenConnection } from './script/remote-script.ts';
import { shellsOn } from './script/shells.ts';

/** One connection to a machine: made when it is first needed, and anew after it was lost. */
export interface Connection {
  readonly endpoint: Endpoint;
  /** Whether it was ever made. */
  reached(): boolean;
  /** Calls that come while it is being made wait for the same one. */
  connected(signal: AbortSignal): Promise<OpenConnection>;
  /** The next script gets a shell that starts after this; a step may have changed the profile. */
  refresh(): void;
  close(): Promise<void>;
}

/** Opens a stream to a machine; an abort of the signal lets go of it while it is being made. */
export type Dial = (endpoint: Endpoint, signal: AbortSignal) => Promise<Duplex>;

const endLimit = 1_000;

/** A connection that is made when it is first needed. */
export async function openConnection(
  endpoint: Endpoint,
  credentials: SshCredentials,
  dial: Dial = dialTcp,
): Promise<Connection> {
  const { default: ssh2 } = await import('ssh2');
  const { address } = endpoint;
  let open: (OpenConnection & { ready: Promise<void> }) | undefined;
  let reached = false;
  const connect = () => {
    const client = new ssh2.Client();
    const given = new AbortController();
    const drop = () => {
      if (open === mine) open = undefined;
      given.abort(new Error('the connection was given up'));
      client.destroy();
    };
    const ready = dial(endpoint, given.signal).then((socket) => {
      if (given.signal.aborted) socket.destroy();
      given.signal.throwIfAborted();
      return login(client, endpoint, credentials, socket);
    });
    const mine = { client, address, drop, ready, shells: shellsOn(client) };
    client.once('close', drop);
    ready.then(() => (reached = true), drop);
    return mine;
  };
  return {
    endpoint,
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
      // A broken connection cannot end its shells: the wait for them has a limit.
      const ended = connection.shells.end().catch(() => undefined);
      await deadline(systemClock, endLimit, undefined, (within) =>
        unlessAborted(ended, within),
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
