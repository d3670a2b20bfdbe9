import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type {
  BaseAgent,
  Client,
  ParsedKey,
  PublicKeyAuthMethod,
  ServerHostKeyAlgorithm,
} from 'ssh2';
import { type HostAddress, knownHostsName } from './host.ts';
import {
  fingerprintOf,
  type HostKeyVerdict,
  judgeHostKey,
  knownHostsLine,
  type Pin,
  pinnedTypes,
} from './known-hosts.ts';

/** Who we are and whom we trust. */
export interface Credentials {
  key: ParsedKey;
  pins: readonly Pin[];
  /** Is forwarded to every script of the connection; logs nobody in to the host itself. */
  agent?: BaseAgent | undefined;
}

const connectLimit = 20_000;

/**
 * Connects, checks the host's key against the pins and logs in.
 * @throws Failure `ssh/unreachable`, `ssh/host-key-…` or `ssh/auth`
 */
export function login(
  client: Client,
  address: HostAddress,
  { key, pins, agent }: Credentials,
): Promise<void> {
  const name = knownHostsName(address);
  // The key and nothing else: asking first whether it goes without costs a round trip.
  const onlyTheKey: PublicKeyAuthMethod = { type: 'publickey', username: address.user, key };
  let refused: Failure | undefined;
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    // Stays for the whole life: an error event without a listener would end the process.
    client.on('error', (error: Error & { level?: string }) =>
      reject(refused ?? failureOf(error, address, key)),
    );
    client.once('close', () =>
      reject(failureOf(new Error('the connection was closed before the login'), address, key)),
    );
    client.connect({
      host: address.host,
      port: address.port,
      username: address.user,
      authHandler: [onlyTheKey],
      ...(agent ? { agent, agentForward: true } : {}),
      readyTimeout: connectLimit,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      algorithms: {
        // A host has several keys; ask for one that is pinned.
        serverHostKey: {
          prepend: pinnedTypes(pins, name).flatMap(algorithmsOf),
          append: [],
          remove: [],
        },
        hmac: { remove: ['hmac-sha1', 'hmac-sha1-etm@openssh.com'], append: [], prepend: [] },
      },
      hostVerifier: (offered: Buffer) => {
        const verdict = judgeHostKey(pins, name, offered);
        if (!verdict.trusted) refused = hostKeyFailure(verdict, name, address, offered);
        return verdict.trusted;
      },
    });
    // Small packets go out at once: without this a command takes 40 ms longer on each turn.
    client.setNoDelay(true);
  });
}

function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
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
  verdict: Exclude<HostKeyVerdict, { trusted: true }>,
  name: string,
  { host }: HostAddress,
  offered: Buffer,
): Failure {
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

function failureOf(
  error: Error & { level?: string },
  { host, port, user }: HostAddress,
  key: ParsedKey,
): Failure {
  const where = `${host}:${port}`;
  if (error.level === 'client-authentication') {
    const shown = `${key.type} ${fingerprintOf(key.getPublicSSH())}`;
    return Failure.of('ssh/auth', { host: where, user, key: shown }, error);
  }
  return Failure.of('ssh/unreachable', { host: where, said: messageOf(error) }, error);
}
