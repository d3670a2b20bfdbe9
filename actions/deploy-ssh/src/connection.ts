import type { Duplex } from 'node:stream';
import type { BaseAgent, Client, ParsedKey } from 'ssh2';
import type { HostAddress } from './host.ts';
import type { Pin } from './known-hosts.ts';
import { login } from './login.ts';
import { type Connection, type Ended, runScript, type Talk } from './remote-script.ts';

/** A host that runs scripts. */
export interface Host {
  readonly address: HostAddress;
  /** Whether it was ever reached; false means that nothing can have been done on it. */
  reached(): boolean;
  /**
   * Runs a script on standard input of a login shell. When the signal aborts, the remote process
   * group gets TERM, then KILL, and the call rejects once it has ended.
   * @param what names the script in messages
   * @param onLine gets each line of stderr as it comes
   */
  run(
    what: string,
    body: string,
    signal: AbortSignal,
    onLine?: (line: string) => void,
    talk?: Talk,
  ): Promise<Ended>;
  /** A stream to a port on the host's own loopback. */
  tunnel(port: number, signal: AbortSignal): Promise<Duplex>;
  /** The same host over a connection of its own, whose scripts may ask the agent. */
  lend(agent: BaseAgent): Promise<Host>;
  close(): void;
}

/**
 * Makes a host that runs scripts over one connection. The first call connects; after a lost
 * connection the next call connects anew, as the way back may need it.
 */
export async function openHost(
  address: HostAddress,
  key: ParsedKey,
  pins: readonly Pin[],
  agent?: BaseAgent,
): Promise<Host> {
  const { default: ssh2 } = await import('ssh2');
  let open: (Connection & { ready: Promise<void> }) | undefined;
  let reached = false;
  const connect = () => {
    const client = new ssh2.Client();
    const drop = () => {
      if (open === mine) open = undefined;
      client.destroy();
    };
    const mine = { client, address, drop, ready: login(client, address, { key, pins, agent }) };
    client.once('close', drop);
    mine.ready.then(() => (reached = true), drop);
    return mine;
  };
  // One connection for all: who comes while it is being made waits for the same one.
  const connected = async (signal: AbortSignal): Promise<Connection> => {
    signal.throwIfAborted();
    open ??= connect();
    const connection = open;
    await unlessAborted(connection.ready, signal);
    return connection;
  };
  return {
    address,
    reached: () => reached,
    async run(what, body, signal, onLine, talk) {
      return runScript(await connected(signal), what, body, signal, onLine, talk);
    },
    async tunnel(port, signal) {
      const stream = openTunnel((await connected(signal)).client, port);
      // Nobody would close one that comes too late.
      stream.then((late) => signal.aborted && late.destroy()).catch(() => undefined);
      return unlessAborted(stream, signal);
    },
    lend: (other) => openHost(address, key, pins, other),
    close: () => open?.drop(),
  };
}

function openTunnel(client: Client, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
