import { createLocalJWKSet, jwtVerify } from 'jose';
import type { Signer } from '../jwt/signer.ts';
import type { AzureSeed } from './seed.ts';

/** The container registries of Azure, as a token names them. */
export const registryAudience = 'https://containerregistry.azure.net';
/** Azure Resource Manager, as its tokens name it today. */
export const armAudience = 'https://management.azure.com';
/** All names of Azure Resource Manager. */
export const armAudiences = [
  armAudience,
  `${armAudience}/`,
  'https://management.core.windows.net',
  'https://management.core.windows.net/',
];
/** The application of Microsoft that stands for the API servers of AKS. */
export const aksAudience = '6dae42f8-4368-4678-94ff-3960e28e3630';
/** All that this Azure has. */
export const knownAudiences: readonly string[] = [registryAudience, ...armAudiences, aksAudience];

const lifetime = 3_599;

/** What signs and checks the tokens of one tenant. */
export interface TokenParts {
  seed: AzureSeed;
  signer: Signer;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** An access token of Entra for an application. */
export function issueToken(client: string, audience: string, { seed, signer, now }: TokenParts) {
  const issued = Math.floor(now() / 1_000);
  const times = { iat: issued, nbf: issued, exp: issued + lifetime };
  const access_token = signer.sign({
    aud: audience,
    iss: `https://sts.windows.net/${seed.tenantId}/`,
    ...times,
    appid: client,
    tid: seed.tenantId,
    sub: client,
  });
  return { access_token, expires_in: lifetime, expires_on: times.exp, not_before: issued };
}

/**
 * Whose token it is.
 * @returns the client id; undefined when the token is not Entra's, is over, or is for somebody else
 */
export async function clientOf(
  token: string,
  audience: readonly string[],
  { seed, signer, now }: TokenParts,
): Promise<string | undefined> {
  const keys = createLocalJWKSet({
    keys: signer.jwks.keys.map((key) => ({ kty: 'RSA', ...key })),
  });
  const issuer = `https://sts.windows.net/${seed.tenantId}/`;
  const options = { audience: [...audience], issuer, currentDate: new Date(now()) };
  try {
    const { payload } = await jwtVerify(token, keys, options);
    return String(payload['appid']);
  } catch {
    return undefined;
  }
}
