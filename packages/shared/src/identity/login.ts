import { createEcrRepository, ecrCredentials, type RegistryCredentials } from './aws.ts';
import { acrCredentials } from './azure.ts';
import type { Means } from './means.ts';
import { registryHost } from './registry-host.ts';

/** The inputs about registries, as {@link checkRegistryLogin} found them good. */
export interface RegistryInputs {
  /** `registry-username` */
  username?: string | undefined;
  /** `registry-password` */
  password?: string | undefined;
  /** `aws-role` */
  awsRole?: string | undefined;
  /** `aws-region` */
  awsRegion?: string | undefined;
  /** `azure-client-id` */
  azureClientId?: string | undefined;
  /** `azure-tenant-id` */
  azureTenantId?: string | undefined;
}

/** Credentials of one registry, and what else they open. */
export interface RegistryLogin extends RegistryCredentials {
  /** Makes sure that a repository exists; only registries that need it have this. */
  createRepository?(repository: string): Promise<'created' | 'existed'>;
}

/** Which of the inputs log in to a registry. */
export type LoginWay = 'aws' | 'azure' | 'password' | 'none';

/**
 * Chooses the way into a registry: its provider's own identity where that is given, else user name
 * and password. A registry on loopback may stand for any provider.
 */
export function loginWay(host: string, inputs: RegistryInputs): LoginWay {
  const { provider } = registryHost(host);
  const local = provider === 'loopback';
  if (inputs.awsRole && (provider === 'ecr' || provider === 'ecr-public' || local)) return 'aws';
  if (inputs.azureClientId && (provider === 'acr' || local)) return 'azure';
  return inputs.username && inputs.password ? 'password' : 'none';
}

/**
 * Gets the credentials for one registry.
 * @param host host of the image reference
 * @returns undefined when no input is about this registry: Docker's own configuration decides
 * @throws Failure `identity/*`
 */
export async function registryLogin(
  host: string,
  inputs: RegistryInputs,
  means: Means,
): Promise<RegistryLogin | undefined> {
  const { awsRole, awsRegion, azureClientId, azureTenantId, password, username } = inputs;
  const way = loginWay(host, inputs);
  if (way === 'aws' && awsRole) {
    const registry = { registry: host, region: awsRegion };
    const { session, ...credentials } = await ecrCredentials({ ...registry, role: awsRole }, means);
    return {
      ...credentials,
      createRepository: (repository) =>
        createEcrRepository({ ...registry, repository, session }, means),
    };
  }
  if (way === 'azure' && azureClientId && azureTenantId) {
    const identity = { clientId: azureClientId, tenantId: azureTenantId };
    return await acrCredentials({ ...identity, registry: host }, means);
  }
  if (way === 'password' && username && password) {
    means.mask(password);
    return { username, password };
  }
  return undefined;
}
