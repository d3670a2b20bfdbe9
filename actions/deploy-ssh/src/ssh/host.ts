import type { Duplex } from 'node:stream';
import type { BaseAgent } from 'ssh2';
import type { HostAddress } from './address.ts';
import { openConnection } from './connection.ts';
import { forward } from './forward.ts';
import type { Jumps } from './jumps.ts';
import type { SshCredentials } from './login.ts';
import { runScript, type ScriptResult, type ScriptStreams } from './script/remote-script.ts';

/** A host that runs scripts. */
export interface Host {
  readonly address: HostAddress;
  /** Whether it was ever reached; false means that nothing can have been done on it. */
  reached(): boolean;
  /**
   * Runs a script in a clean shell with the environment of a login. When the signal aborts, the remote process
   * group gets TERM, then KILL, and the call rejects once it has ended.
   * @param what names the script in messages
   * @throws Failure `ssh/shell` when it is not sure that the script ran to its end, `ssh/lost`
   */
  run(
    what: string,
    body: string,
    signal: AbortSignal,
    streams?: ScriptStreams,
  ): Promise<ScriptResult>;
  /** The next script gets a shell that starts after this: a step may have changed the profile. */
  refresh(): void;
  /** A stream to a port on the host's own loopback. */
  tunnel(port: number, signal: AbortSignal): Promise<Duplex>;
  /** The same host over a connection of its own, whose scripts may ask the agent. */
  lend(agent: BaseAgent): Promise<Host>;
  close(): Promise<void>;
}

/**
 * Makes a host that runs scripts over one connection. The first call connects; after a lost
 * connection the next call connects anew, as a rollback may need it.
 */
export async function openHost(
  address: HostAddress,
  credentials: SshCredentials,
  jumps: Pick<Jumps, 'dial' | 'via'> = { dial: undefined, via: undefined },
): Promise<Host> {
  const endpoint = { address, kind: '', via: jumps.via } as const;
  const connection = await openConnection(endpoint, credentials, jumps.dial);
  return {
    address,
    reached: connection.reached,
    async run(what, body, signal, streams) {
      return runScript(await connection.connected(signal), { what, body }, signal, streams);
    },
    async tunnel(port, signal) {
      return forward((await connection.connected(signal)).client, '127.0.0.1', port, signal);
    },
    lend: (agent) => openHost(address, { ...credentials, agent }, jumps),
    refresh: connection.refresh,
    close: connection.close,
  };
}
