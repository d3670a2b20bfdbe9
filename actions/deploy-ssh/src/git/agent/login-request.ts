import { WireReader } from '../../keys/ssh-wire.ts';

/** What somebody wants to have signed who logs in to a server by a key. */
export interface LoginRequest {
  user: string;
  /** Name of the way to sign: `ssh-ed25519`, `rsa-sha2-512`, … */
  algorithm: string;
  /** The key that logs in, as it goes over the wire. */
  key: Buffer;
  /** The server's key; undefined where client and server do not say it, as before OpenSSH 8.9. */
  hostKey: Buffer | undefined;
}

const request = 50;
const hostBound = 'publickey-hostbound-v00@openssh.com';
/** A session is named by a digest: SHA-1 to SHA-512. */
const sessionLengths = { least: 20, most: 64 };

/**
 * Reads the request of a login, which is what an agent is asked to sign for it.
 * Source: RFC 4252, section 7; OpenSSH, PROTOCOL, section 3.1
 * @returns undefined for any other bytes: a signature of a file, of a commit, of another protocol
 */
export function readLoginRequest(data: Buffer): LoginRequest | undefined {
  const reader = new WireReader(data);
  const session = reader.string();
  if (!session || session.length < sessionLengths.least || session.length > sessionLengths.most) {
    return undefined;
  }
  if (reader.byte() !== request) return undefined;
  const [user, service, method] = [reader.string(), reader.string(), reader.string()];
  if (service?.toString('latin1') !== 'ssh-connection' || reader.byte() !== 1) return undefined;
  const [algorithm, key] = [reader.string(), reader.string()];
  const way = method?.toString('latin1');
  if (way !== 'publickey' && way !== hostBound) return undefined;
  const hostKey = way === hostBound ? reader.string() : undefined;
  if (way === hostBound && !hostKey) return undefined;
  if (!user || !algorithm || !key || reader.left > 0) return undefined;
  return { user: user.toString('utf8'), algorithm: algorithm.toString('latin1'), key, hostKey };
}
