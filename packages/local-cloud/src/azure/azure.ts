import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../certificate.ts';
import { Faults } from '../http/faults.ts';
import { type ServeOptions, serve } from '../http/serve.ts';
import { createSigner } from '../jwt/signer.ts';
import { aksAudience, armAudience, clientOf, issueToken } from './access-token.ts';
import { nameEnv, nameService } from './aci/names.ts';
import { aciRoutes } from './aci/routes.ts';
import { virtualAci } from './aci/virtual/virtual-aci.ts';
import type { AciWorld } from './aci/world.ts';
import { acrService } from './acr.ts';
import { type AksCluster, aksRoutes } from './aks/aks.ts';
import { armService } from './arm/arm.ts';
import { ArmPermissions } from './arm/permissions.ts';
import { Rates } from './arm/rates.ts';
import { entraService } from './entra.ts';
import { identityHeader, managedIdentityService } from './managed-identity.ts';
import { type AzureSeed, demoAzure } from './seed.ts';

/** The services of Azure, each on a port of its own. */
export const azureServices = ['entra', 'acr', 'arm', 'names', 'managed-identity'] as const;
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
  /** The same as `env`, with an authority over https, as the Azure libraries insist on it. */
  secureEnv: Readonly<Record<string, string>>;
  /** What a runner has in its environment that is on a machine, or in a container, of this Azure. */
  machine: Readonly<Record<string, string>>;
  container: Readonly<Record<string, string>>;
  /** What the roles allow at Resource Manager, and what was asked for. */
  permissions: ArmPermissions;
  /** The container groups. */
  aci: AciWorld;
  /** Clusters of AKS; a test adds its own. */
  aks: AksCluster[];
  /** Client id of the application that a token for API servers of AKS is from. */
  aksCaller(token: string): Promise<string | undefined>;
  /** What a Node process must have besides, so that domain names of groups lead to them. */
  nameEnv: Readonly<Record<string, string>>;
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
  const parts = { seed, signer, now };
  const entra = entraService({ ...parts, issuer });
  const { url } = started.use(await serve('entra', entra, faults));
  const acr = started.use(await serve('acr', acrService(parts), faults));
  const folder = await mkdtemp(join(tmpdir(), 'slipway-azure-'));
  started.defer(() => rm(folder, { recursive: true }));
  const certificate = await makeCertificate(folder);
  const usual: ServeOptions = { certificate, spelling: 'plain' };
  const secure = started.use(await serve('entra', entra, faults, usual));
  const endpoint = managedIdentityService(parts);
  const machine = started.use(
    await serve('managed-identity', endpoint, faults, { spelling: 'plain' }),
  );
  const permissions = new ArmPermissions();
  const rates = new Rates(() => aci.foundation.timeline.now(), throttled);
  const clusters: AksCluster[] = [];
  const routes = [...aciRoutes({ world: aci, seed }), ...aksRoutes(clusters)];
  const front = armService({ ...parts, permissions, rates, routes });
  const arm = started.use(await serve('arm', front, faults, usual));
  const names = started.use(await serve('names', nameService(aci), faults));
  const opened = started.move();
  const env = {
    AZURE_AUTHORITY_HOST: url,
    AZURE_RESOURCE_MANAGER_ENDPOINT: arm.url,
    NODE_EXTRA_CA_CERTS: certificate.file,
  };
  return {
    env,
    secureEnv: { ...env, AZURE_AUTHORITY_HOST: secure.url },
    machine: { AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url },
    container: { IDENTITY_ENDPOINT: `${machine.url}/msi/token`, IDENTITY_HEADER: identityHeader },
    faults,
    acrHost: acr.host,
    armUrl: arm.url,
    certificate: certificate.file,
    permissions,
    aci,
    aks: clusters,
    aksCaller: (token) => clientOf(token, [aksAudience], parts),
    nameEnv: nameEnv(names.url),
    armToken: () => issueToken(seed.apps[0]?.clientId ?? '', armAudience, parts).access_token,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
