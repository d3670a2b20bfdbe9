import type { Duplex } from 'node:stream';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { BaseAgent, Client, ParsedKey, PublicKeyAuthMethod } from 'ssh2';
import { hostKeyAlgorithms } from '../keys/host-key-algorithms.ts';
import {
  fingerprintOf,
  type HostKeyVerdict,
  judgeHostKey,
  knownHostsLine,
  type Pin,
} from '../keys/known-hosts.ts';
import { strongKey } from '../keys/strong-key.ts';
import { type HostAddress, knownHostsName, placeName } from './address.ts';

/** Who we are and whom we trust. */
export interface SshCredentials {
  key: ParsedKey;
  pins: readonly Pin[];
  /** Is forwarded to every script of the connection; logs nobody in to the host itself. */
  agent?: BaseAgent | undefined;
}

/** Whom to log in to. */
export interface Endpoint {
  address: HostAddress;
  /** What stands before its name in messages. */
  kind: '' | 'jump host ';
  /** The jump host through which it is reached, for messages. */
  via: string | undefined;
}

/** How long a connection may take, in milliseconds. */
export const connectLimit = 20_000;

/** A machine's name and port for messages. */
export function endpointName({ kind, address }: Endpoint): string {
  return kind + placeName(address);
}

/**
 * Checks the key of the machine at the other end of a stream against the pins and logs in.
 * @param socket may still be connecting
 * @throws Failure `ssh/unreachable`, `ssh/unreachable-through`, `ssh/host-key-…` or `ssh/auth`
 */
export function login(
  client: Client,
  endpoint: Endpoint,
  { key, pins, agent }: SshCredentials,
  socket: Duplex,
): Promise<void> {
  const { address } = endpoint;
  const name = knownHostsName(address);
  // The key and nothing else: asking first whether it goes without costs a round trip.
  let refused: Failure | undefined;
  const strong = strongKey(key, () => {
    refused = Failure.of('ssh/weak-signature', {
      host: endpointName(endpoint),
      key: shownKey(key),
    });
  });
  const onlyTheKey: PublicKeyAuthMethod = {
    type: 'publickey',
    username: address.user,
    key: strong,
  };
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    // Stays for the whole life: an error event without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) =>
      reject(refused ?? failureOf(error, endpoint, key)),
    );
    client.once('close', () =>
      reject(failureOf(new Error('the connection was closed before the login'), endpoint, key)),
    );
    client.connect({
      sock: socket,
      username: address.user,
      authHandler: [onlyTheKey],
      ...(agent ? { agent, agentForward: true } : {}),
      readyTimeout: connectLimit,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      algorithms: {
        serverHostKey: hostKeyAlgorithms(pins, name),
        hmac: { remove: ['hmac-sha1', 'hmac-sha1-etm@openssh.com'], append: [], prepend: [] },
      },
      hostVerifier: (offered: Buffer) => {
        const verdict = judgeHostKey(pins, name, offered);
        if (!verdict.trusted) refused = hostKeyFailure(verdict, name, endpoint, offered);
        return verdict.trusted;
      },
    });
  });
}

function hostKeyFailure(
  verdict: Exclude<HostKeyVerdict, { trusted: true }>,
  name: string,
  { kind, address }: Endpoint,
  offered: Buffer,
): Failure {
  const host = kind + address.host;
  const fingerprint = fingerprintOf(offered);
  switch (verdict.why) {
    case 'unknown':
      return Failure.of('ssh/host-key-unknown', {
        host,
        fingerprint,
        line: knownHostsLine(name, offered),
      });
    case 'changed':
      return Failure.of('ssh/host-key-changed', { host, fingerprint, expected: verdict.expected });
    case 'revoked':
      return Failure.of('ssh/host-key-revoked', { host, fingerprint });
  }
}

function shownKey(key: ParsedKey): string {
  return `${key.type} ${fingerprintOf(key.getPublicSSH())}`;
}

function failureOf(error: Error & { level?: string }, endpoint: Endpoint, key: ParsedKey): Failure {
  const host = endpointName(endpoint);
  if (error.level === 'client-authentication') {
    return Failure.of('ssh/auth', { host, user: endpoint.address.user, key: shownKey(key) }, error);
  }
  const said = messageOf(error);
  return endpoint.via === undefined
    ? Failure.of('ssh/unreachable', { host, said }, error)
    : Failure.of('ssh/unreachable-through', { host, jump: endpoint.via, said }, error);
}
