import { decodeJwt, type JWTPayload } from 'jose';
import { verifyToken } from '../jwt/verify.ts';
import { EntraError } from './entra-error.ts';
import type { AppSeed } from './seed.ts';

/**
 * Checks an assertion against the federated credentials of an application.
 * @param issuer that they are for; none: there are none
 * @throws EntraError
 */
export async function checkAssertion(
  assertion: string,
  app: AppSeed,
  { issuer, now }: { issuer: string | undefined; now: () => number },
): Promise<void> {
  const { aud, iss, sub } = decode(assertion);
  const advice =
    'Check your federated identity credential Subject, Audience and Issuer against the presented assertion.';
  const noMatch = (code: number, what: string, value: unknown) =>
    new EntraError(
      code,
      'invalid_client',
      `No matching federated identity record found for presented assertion ${what} '${value}'. ${advice}`,
      401,
    );
  if (issuer === undefined || iss !== issuer) throw noMatch(700211, 'issuer', iss);
  const verified = await verifyToken(assertion, issuer, now());
  if (verified === 'expired') {
    const message = 'Client assertion is not within its valid time range.';
    throw new EntraError(700024, 'invalid_client', message, 401);
  }
  if (typeof verified === 'string') {
    const message = 'Client assertion failed signature validation.';
    throw new EntraError(700027, 'invalid_client', message, 401);
  }
  const bySubject = app.federated.filter(({ subject }) => subject === sub);
  if (bySubject.length === 0) throw noMatch(700213, 'subject', sub);
  if (!bySubject.some(({ audience }) => audience === aud)) throw noMatch(700212, 'audience', aud);
}

function decode(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new EntraError(50027, 'invalid_request', 'JWT token is invalid or malformed.');
  }
}
