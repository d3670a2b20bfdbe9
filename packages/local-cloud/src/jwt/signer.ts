import { generateKeyPair, randomUUID, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** A key pair that signs JSON Web Tokens with RS256 (RFC 7518, section 3.3). */
export interface Signer {
  sign(claims: Readonly<Record<string, unknown>>): string;
  /** The public key as a JSON Web Key Set (RFC 7517). */
  jwks: { keys: Record<string, unknown>[] };
}

export async function createSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const kid = randomUUID();
  const header = part({ typ: 'JWT', alg: 'RS256', kid });
  return {
    sign(claims) {
      const signed = `${header}.${part(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }] },
  };
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
