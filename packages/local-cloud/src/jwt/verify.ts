import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { isRecord } from '../http/exchange.ts';

/** How a token failed. `unreachable`: its issuer could not be asked for its keys. */
export type TokenFault = 'malformed' | 'signature' | 'expired' | 'unreachable';

/**
 * Verifies a token as the clouds do: the keys come from the issuer's discovery document, by the
 * network. Signing is done elsewhere by `node:crypto`, so this does not confirm itself.
 * @param issuer one that the caller trusts
 * @param now milliseconds since the epoch
 */
export async function verifyToken(
  token: string,
  issuer: string,
  now: number,
): Promise<JWTPayload | TokenFault> {
  const keys = await fetchKeys(issuer);
  if (!keys) return 'unreachable';
  try {
    const options = { issuer, algorithms: ['RS256'], currentDate: new Date(now) };
    const required = { requiredClaims: ['sub', 'aud', 'exp', 'iat'] };
    return (await jwtVerify(token, keys, { ...options, ...required })).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired';
    const unsigned =
      error instanceof errors.JWSSignatureVerificationFailed ||
      error instanceof errors.JWKSNoMatchingKey;
    return unsigned ? 'signature' : 'malformed';
  }
}

async function fetchKeys(issuer: string) {
  try {
    const discovery: unknown = await (
      await fetch(`${issuer}/.well-known/openid-configuration`)
    ).json();
    if (!isRecord(discovery) || discovery['issuer'] !== issuer) return undefined;
    const answer: unknown = await (await fetch(String(discovery['jwks_uri']))).json();
    if (!isRecord(answer) || !Array.isArray(answer['keys'])) return undefined;
    return createLocalJWKSet({ keys: answer['keys'] });
  } catch {
    return undefined;
  }
}
