import type { Duplex } from 'node:stream';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Client } from 'ssh2';
import { type HostAddress, knownHostsName } from './host.ts';
import {
  fingerprintOf,
  judgeHostKey,
  knownHostsLine,
  type Pin,
  pinnedTypes,
} from './known-hosts.ts';
import { type Ended, runScript } from './remote-script.ts';

/** A host that runs scripts. */
export interface Host {
  readonly address: HostAddress;
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
  ): Promise<Ended>;
  /** A stream to a port on the host's own loopback. */
  tunnel(port: number, signal: AbortSignal): Promise<Duplex>;
  close(): void;
}

/** Who we are and whom we trust. */
export interface Credentials {
  privateKey: string;
  passphrase: string | undefined;
  pins: readonly Pin[];
}

const connectLimit = 20_000;

/**
 * Makes a host that runs scripts over one connection. The first call connects; after a lost
 * connection the next call connects anew, as the way back may need it.
 * @throws Failure `action/input` when the key cannot be read
 */
export async function openHost(address: HostAddress, credentials: Credentials): Promise<Host> {
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(credentials.privateKey, credentials.passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    throw Failure.of('action/input', { problems: unreadable(key, credentials.passphrase) });
  }
  let open: Client | undefined;
  const connected = async (signal: AbortSignal): Promise<Client> => {
    if (open) return open;
    const client = new ssh2.Client();
    await connect(client, address, credentials, key.type, signal);
    client.once('close', () => {
      if (open === client) open = undefined;
    });
    open = client;
    return client;
  };
  return {
    address,
    async run(what, body, signal, onLine) {
      return runScript(await connected(signal), address, what, body, signal, onLine);
    },
    async tunnel(port, signal) {
      const client = await connected(signal);
      return new Promise((resolve, reject) => {
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, stream) =>
          error ? reject(error) : resolve(stream),
        );
      });
    },
    close: () => void open?.end(),
  };
}

function unreadable(error: Error | undefined, passphrase: string | undefined): string {
  const said = error?.message ?? 'it holds no key';
  if (/passphrase|encrypted/i.test(said)) {
    return passphrase === undefined
      ? 'Input passphrase is required: private-key is encrypted.'
      : 'Input passphrase does not open private-key.';
  }
  return `Input private-key cannot be read: ${said.replace(/^Error: /, '')}. Valid: an unbroken key file, such as ssh-keygen -t ed25519 writes it.`;
}

function connect(
  client: Client,
  address: HostAddress,
  credentials: Credentials,
  keyType: string,
  signal: AbortSignal,
): Promise<void> {
  const name = knownHostsName(address);
  const pinned = pinnedTypes(credentials.pins, name);
  let refused: Failure | undefined;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = () => {
      client.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    const settled = () => signal.removeEventListener('abort', cancel);
    client.once('ready', () => {
      settled();
      resolve();
    });
    // Stays for the whole life: an error event without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) => {
      settled();
      reject(refused ?? failureOf(error, address, keyType));
    });
    client.once('close', () => {
      settled();
      reject(failureOf(new Error('the connection was closed before the login'), address, keyType));
    });
    client.connect({
      host: address.host,
      port: address.port,
      username: address.user,
      privateKey: credentials.privateKey,
      ...(credentials.passphrase === undefined ? {} : { passphrase: credentials.passphrase }),
      readyTimeout: connectLimit,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      algorithms: {
        // A host has several keys; ask for one that is pinned.
        serverHostKey: { prepend: pinned.flatMap(algorithmsOf), append: [], remove: [] },
        hmac: { remove: ['hmac-sha1', 'hmac-sha1-etm@openssh.com'], append: [], prepend: [] },
      },
      hostVerifier: (offered: Buffer) => {
        const verdict = judgeHostKey(credentials.pins, name, offered);
        if (!verdict.trusted) refused = hostKeyFailure(verdict, name, address, offered);
        return verdict.trusted;
      },
    });
    // Small packets go out at once: without this a command takes 40 ms longer on each turn.
    client.setNoDelay(true);
  });
}

function algorithmsOf(
  type: string,
): Array<
  | 'rsa-sha2-512'
  | 'rsa-sha2-256'
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'ecdsa-sha2-nistp384'
  | 'ecdsa-sha2-nistp521'
> {
  switch (type) {
    case 'ssh-rsa':
      return ['rsa-sha2-512', 'rsa-sha2-256'];
    case 'ssh-ed25519':
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return [type];
    default:
      return [];
  }
}

function hostKeyFailure(
  verdict: { why: 'unknown' | 'changed' | 'revoked'; expected: string },
  name: string,
  address: HostAddress,
  offered: Buffer,
): Failure {
  const fingerprint = fingerprintOf(offered);
  if (verdict.why === 'unknown') {
    const line = knownHostsLine(name, offered);
    return Failure.of('ssh/host-key-unknown', { host: address.host, fingerprint, line });
  }
  const { expected } = verdict;
  return Failure.of('ssh/host-key-changed', { host: address.host, fingerprint, expected });
}

function failureOf(error: Error & { level?: string }, address: HostAddress, key: string): Failure {
  const host = `${address.host}:${address.port}`;
  if (error.level === 'client-authentication') {
    return Failure.of('ssh/auth', { host, user: address.user, key }, error);
  }
  return Failure.of('ssh/unreachable', { host, said: messageOf(error) }, error);
}
