import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../certificate.ts';
import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { createSigner, type Signer } from '../jwt/signer.ts';
import { aciRoutes } from './aci/routes.ts';
import { virtualAci } from './aci/virtual/virtual-aci.ts';
import type { AciWorld } from './aci/world.ts';
import { acrService } from './acr.ts';
import { armService } from './arm/arm.ts';
import { ArmPermissions } from './arm/permissions.ts';
import { Rates } from './arm/rates.ts';
import { entraService } from './entra.ts';
import { type AzureSeed, demoAzure } from './seed.ts';

/** The services of Azure, each on a port of its own. */
export const azureServices = ['entra', 'acr', 'arm'] as const;
export type AzureService = (typeof azureServices)[number];

/** An emulated Azure that listens on loopback. */
export interface Azure extends AsyncDisposable {
  /** What a run must have in its environment to find it. */
  env: Readonly<Record<string, string>>;
  faults: Faults<AzureService>;
  /** Host of the container registry; plain http. */
  acrHost: string;
  /** Resource Manager; https, by the certificate in {@link certificate}. */
  armUrl: string;
  /** PEM file of the authority that clients of Resource Manager have to trust. */
  certificate: string;
  /** What the roles allow at Resource Manager, and what was asked for. */
  permissions: ArmPermissions;
  /** The container groups. */
  aci: AciWorld;
  /** A token for Resource Manager, without a run of a workflow; of the seed's first application. */
  armToken(): string;
}

export interface AzureOptions {
  seed?: AzureSeed;
  /** URL of the OIDC issuer that the identities trust; none: no token is taken. */
  issuer?: string;
  faults?: Faults<AzureService>;
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Container groups, on a runtime and a clock of their own; none: {@link virtualAci} on quick times. */
  aci?: AciWorld;
  /** Whether Resource Manager refuses what is above its documented rates. */
  throttled?: boolean;
}

/** Starts Azure. */
export async function startAzure({
  seed = demoAzure(),
  issuer,
  faults = new Faults(),
  now = Date.now,
  aci = virtualAci({ pace: 0.001 }).world,
  throttled = false,
}: AzureOptions = {}): Promise<Azure> {
  await using started = new AsyncDisposableStack();
  const signer = await createSigner();
  const entra = entraService({ seed, issuer, signer, now });
  const { url } = started.use(await serve('entra', entra, faults));
  const acr = started.use(await serve('acr', acrService({ seed, signer, now }), faults));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-azure-'));
  started.defer(() => rm(folder, { recursive: true }));
  const certificate = await makeCertificate(folder);
  const permissions = new ArmPermissions();
  const rates = new Rates(() => aci.foundation.timeline.now(), throttled);
  const routes = aciRoutes({ world: aci, seed });
  const front = armService({ seed, signer, now, permissions, rates, routes });
  const arm = started.use(await serve('arm', front, faults, { certificate, spelling: 'plain' }));
  const opened = started.move();
  return {
    env: {
      AZURE_AUTHORITY_HOST: url,
      AZURE_RESOURCE_MANAGER_ENDPOINT: arm.url,
      NODE_EXTRA_CA_CERTS: certificate.file,
    },
    faults,
    acrHost: acr.host,
    armUrl: arm.url,
    certificate: certificate.file,
    permissions,
    aci,
    armToken: () => armToken(seed, signer, now()),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function armToken({ apps: [app], tenantId }: AzureSeed, { sign }: Signer, now: number): string {
  const issued = Math.floor(now / 1_000);
  const clientId = app?.clientId ?? '';
  return sign({
    aud: 'https://management.azure.com',
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: issued,
    nbf: issued,
    exp: issued + 3_599,
    appid: clientId,
    tid: tenantId,
    sub: clientId,
  });
}
