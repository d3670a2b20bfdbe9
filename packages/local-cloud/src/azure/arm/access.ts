import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Request } from '../../http/exchange.ts';
import type { Signer } from '../../jwt/signer.ts';
import { armAudiences } from '../access-token.ts';
import type { AppSeed, AzureSeed } from '../seed.ts';
import { ArmError } from './arm-error.ts';

/** Who asks. */
export interface Caller {
  app: AppSeed;
  /** Of its service principal. */
  objectId: string;
}

export interface AccessParts {
  seed: AzureSeed;
  signer: Signer;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Who a request is from, by the token of the emulated Entra.
 * @throws ArmError 401 with the challenge that tells clients where to get a token
 */
export async function callerOf(
  request: Request,
  { now, seed, signer }: AccessParts,
): Promise<Caller> {
  const authority = `https://login.windows.net/${seed.tenantId}`;
  const refuse = (code: string, message: string, error = 'invalid_token') => {
    const challenge = `Bearer authorization_uri="${authority}", error="${error}", error_description="${message}"`;
    return new ArmError(401, code, message, { 'www-authenticate': challenge });
  };
  const header = request.headers['authorization'];
  if (header === undefined) {
    throw refuse(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    );
  }
  const token = /^Bearer (?<token>\S+)$/i.exec(header)?.groups?.['token'];
  if (token === undefined) {
    const message = `The 'Authorization' header is provided in an invalid format.`;
    throw refuse('AuthenticationFailedInvalidHeader', message);
  }
  const invalid = refuse('InvalidAuthenticationToken', 'The access token is invalid.');
  const claims = await verify(token, signer, now()).catch((error: unknown) => {
    if (!(error instanceof errors.JWTExpired)) throw invalid;
    const expiry = new Date(Number(decodeJwt(token).exp) * 1_000).toISOString();
    const message = `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${new Date(now()).toISOString()}'.`;
    throw refuse('ExpiredAuthenticationToken', message);
  });
  const allowed = armAudiences.map((audience) => `'${audience}'`).join(',');
  if (typeof claims.aud !== 'string' || !armAudiences.includes(claims.aud)) {
    const message = `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences ${allowed}.`;
    throw refuse('InvalidAuthenticationTokenAudience', message);
  }
  const issuer = `https://sts.windows.net/${seed.tenantId}/`;
  if (claims.iss !== issuer || claims['tid'] !== seed.tenantId) {
    const message = `The access token is from the wrong issuer '${claims.iss}'. It must match the tenant '${issuer}' associated with this subscription. Please use the authority (URL) '${authority}' to get the token.`;
    throw refuse('InvalidAuthenticationTokenTenant', message);
  }
  const app = seed.apps.find(({ clientId }) => clientId === claims['appid']);
  if (!app) throw invalid;
  return { app, objectId: String(claims['oid'] ?? claims.sub) };
}

async function verify(token: string, { jwks }: Signer, now: number): Promise<JWTPayload> {
  const keys = createLocalJWKSet({
    keys: jwks.keys.map(({ kty, ...more }) => ({ kty: String(kty), ...more })),
  });
  const options = { algorithms: ['RS256'], currentDate: new Date(now) };
  return (await jwtVerify(token, keys, { ...options, requiredClaims: ['aud', 'exp', 'iss'] }))
    .payload;
}
