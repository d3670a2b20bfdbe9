import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { createSigner } from '../jwt/signer.ts';
import { acrService } from './acr.ts';
import { entraService } from './entra.ts';
import { type AzureSeed, demoAzure } from './seed.ts';

/** The services of Azure, each on a port of its own. */
export const azureServices = ['entra', 'acr'] as const;
export type AzureService = (typeof azureServices)[number];

/** An emulated Azure that listens on loopback. */
export interface Azure extends AsyncDisposable {
  /** What a run must have in its environment to find it. */
  env: Readonly<Record<string, string>>;
  faults: Faults<AzureService>;
  /** Host of the container registry; plain http. */
  acrHost: string;
}

export interface AzureOptions {
  seed?: AzureSeed;
  /** URL of the OIDC issuer that the identities trust; none: no token is taken. */
  issuer?: string;
  faults?: Faults<AzureService>;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** Starts Azure. */
export async function startAzure({
  seed = demoAzure(),
  issuer,
  faults = new Faults(),
  now = Date.now,
}: AzureOptions = {}): Promise<Azure> {
  await using sockets = new AsyncDisposableStack();
  const signer = await createSigner();
  const entra = entraService({ seed, issuer, signer, now });
  const { url } = sockets.use(await serve('entra', entra, faults));
  const acr = sockets.use(await serve('acr', acrService({ seed, signer, now }), faults));
  const opened = sockets.move();
  return {
    env: { AZURE_AUTHORITY_HOST: url },
    faults,
    acrHost: acr.host,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
