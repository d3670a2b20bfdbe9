import { randomBytes } from 'node:crypto';
import type { Handler } from '../http/exchange.ts';
import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { containerService, type GkeCluster } from './container.ts';
import { iamCredentialsService } from './iam-credentials.ts';
import type { GoogleParts, GoogleSeed, GoogleTokens } from './parts.ts';
import { securityTokenService } from './security-token.ts';

/** The services of Google, each on a port of its own. */
export const googleServices = ['google-sts', 'iam-credentials', 'container'] as const;
export type GoogleService = (typeof googleServices)[number];

/** An emulated Google Cloud that listens on loopback, as far as signing in to GKE needs it. */
export interface Google extends AsyncDisposable {
  /** What a run must have in its environment to find it; gcloud's own variables. */
  env: Readonly<Record<string, string>>;
  faults: Faults<GoogleService>;
  /** Clusters of GKE; a test adds its own. */
  gke: GkeCluster[];
  /** The principal that a token is from. */
  gkeCaller(token: string): string | undefined;
}

/** Starts Google. */
export async function startGoogle(o: {
  seed: GoogleSeed;
  issuer: string;
  now?: () => number;
}): Promise<Google> {
  const { now = Date.now, seed, issuer } = o;
  await using sockets = new AsyncDisposableStack();
  const faults = new Faults<GoogleService>();
  const tokens: GoogleTokens = new Map();
  const parts: GoogleParts = {
    seed,
    issuer,
    tokens,
    now,
    newToken(of, seconds) {
      const token = `ya29.${randomBytes(64).toString('base64url')}`;
      tokens.set(token, { ...of, end: now() + seconds * 1_000 });
      return token;
    },
  };
  const gke: GkeCluster[] = [];
  const started = async (service: GoogleService, handler: Handler) =>
    sockets.use(await serve(service, handler, faults));
  const sts = await started('google-sts', securityTokenService(parts));
  const iam = await started('iam-credentials', iamCredentialsService(parts));
  const container = await started('container', containerService(parts, gke));
  const opened = sockets.move();
  return {
    env: {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: `${sts.url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${iam.url}/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: `${container.url}/`,
    },
    faults,
    gke,
    gkeCaller: (token) => {
      const known = tokens.get(token);
      return known && known.end > now() ? known.principal : undefined;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
