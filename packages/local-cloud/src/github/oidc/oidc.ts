import { randomBytes } from 'node:crypto';
import type { Certificate } from '../../certificate.ts';
import type { Faults } from '../../http/faults.ts';
import { type ServeOptions, serve } from '../../http/serve.ts';
import { createSigner, type Signer } from '../../jwt/signer.ts';
import { idTokenService } from './id-token.ts';
import { issuerService } from './issuer.ts';
import type { Run } from './run.ts';

/** What hands out OIDC tokens, and whom the clouds ask for its keys. */
export const oidcServices = ['id-token', 'issuer'] as const;
export type OidcService = (typeof oidcServices)[number];

/** GitHub as the OIDC provider of one run. */
export interface Oidc extends AsyncDisposable {
  /** URL of the issuer, for the clouds that trust it. */
  issuer: string;
  /** What a job with `id-token: write` has in its environment. */
  env: Readonly<Record<string, string>>;
}

/**
 * Starts the endpoint that gives a run its tokens, and their issuer.
 * @param o.certificate of the issuer, for clouds that trust none without TLS
 */
export async function startOidc(o: {
  run: Run;
  faults: Faults<OidcService>;
  now: () => number;
  certificate?: Certificate;
}): Promise<Oidc> {
  await using sockets = new AsyncDisposableStack();
  // Most tests ask for no token, and a key takes a while to make.
  let made: Promise<Signer> | undefined;
  const signer = () => (made ??= createSigner());
  const tls: ServeOptions | undefined = o.certificate && {
    certificate: o.certificate,
    spelling: 'plain', // a Kubernetes asks, and Go's client knows gzip by no other name
  };
  const { url: issuer } = sockets.use(await serve('issuer', issuerService(signer), o.faults, tls));
  const bearer = randomBytes(48).toString('base64url');
  const { run, now } = o;
  const idToken = idTokenService({ run, signer, issuer, bearer, now });
  const { url } = sockets.use(await serve('id-token', idToken, o.faults));
  const opened = sockets.move();
  return {
    issuer,
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
