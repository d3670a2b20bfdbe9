import { createEcrRepository, ecrCredentials } from './aws.ts';
import { acrCredentials } from './azure.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import { loginWay, type RegistryInputs } from './login-way.ts';

/** Credentials of one registry, and what else they open. */
export interface RegistryLogin extends RegistryCredentials {
  /** Makes sure that a repository exists; only registries that need it have this. */
  createRepository?(repository: string): Promise<'created' | 'existed'>;
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
  context: IdentityContext,
): Promise<RegistryLogin | undefined> {
  const { awsRole, awsRegion, azureClientId, azureTenantId, password, username } = inputs;
  const way = loginWay(host, inputs);
  if (way === 'aws' && awsRole) {
    const registry = { registry: host, region: awsRegion };
    const { session, ...credentials } = await ecrCredentials(
      { ...registry, role: awsRole },
      context,
    );
    return {
      ...credentials,
      createRepository: (repository) =>
        createEcrRepository({ ...registry, repository, session }, context),
    };
  }
  if (way === 'azure' && azureClientId && azureTenantId) {
    const identity = { clientId: azureClientId, tenantId: azureTenantId };
    return await acrCredentials({ ...identity, registry: host }, context);
  }
  if (way === 'password' && username && password) {
    context.mask(password);
    return { username, password };
  }
  return undefined;
}
