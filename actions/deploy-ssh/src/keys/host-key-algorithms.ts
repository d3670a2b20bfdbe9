import type { ServerHostKeyAlgorithm } from 'ssh2';
import { type Pin, pinnedTypes } from './known-hosts.ts';

/** What a host may prove its key by, the best first. None with SHA-1: of keys of RSA, only SHA-2. */
const accepted: ReadonlyArray<readonly [type: string, algorithm: ServerHostKeyAlgorithm]> = [
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256'],
  ['ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384'],
  ['ecdsa-sha2-nistp521', 'ecdsa-sha2-nistp521'],
  ['ssh-rsa', 'rsa-sha2-512'],
  ['ssh-rsa', 'rsa-sha2-256'],
];

/**
 * The algorithms to ask a host for. It has several keys and shows the one for the first algorithm
 * that it knows: those of the keys that are pinned for it come first.
 * Source: OpenSSH, sshconnect2.c, order_hostkeyalgs
 * @param name as in `knownHostsName`
 */
export function hostKeyAlgorithms(pins: readonly Pin[], name: string): ServerHostKeyAlgorithm[] {
  const pinned = new Set(pinnedTypes(pins, name));
  const [first, others] = [true, false].map((wanted) =>
    accepted.filter(([type]) => pinned.has(type) === wanted).map(([, algorithm]) => algorithm),
  );
  return [...(first ?? []), ...(others ?? [])];
}
