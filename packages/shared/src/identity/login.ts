import { createEcrRepository, ecrCredentials, ecrRegion, type RepositoryMade } from './aws.ts';
import type { AwsIdentity } from './aws-identity.ts';
import { roleIdentity } from './aws-role.ts';
import { acrCredentials } from './azure.ts';
import { azureCloud, azureSignIn } from './azure-cloud.ts';
import { federatedIdentity } from './azure-federated.ts';
import type { AzureIdentity } from './azure-identity.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import type { EcrRepositorySettings } from './ecr-repository.ts';
import { loginWay, type RegistryInputs } from './login-way.ts';
import { registryHost } from './registry-host.ts';

/** Credentials of one registry, and what else they open. */
export interface RegistryLogin extends RegistryCredentials {
  /** Makes sure that a repository exists; only registries that need it have this. */
  createRepository?(repository: string, settings?: EcrRepositorySettings): Promise<RepositoryMade>;
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
  const { awsRegion, password, username } = inputs;
  const way = loginWay(host, inputs);
  const awsIdentity = awsIdentityFor([host], inputs, context);
  if (way === 'aws' && awsIdentity) {
    const registry = { registry: host, region: awsRegion, identity: awsIdentity };
    return {
      ...(await ecrCredentials(registry, context)),
      createRepository: (repository, settings) =>
        createEcrRepository({ ...registry, repository, settings }, context),
    };
  }
  const azureIdentity = azureIdentityFor([host], inputs, context);
  if (way === 'azure' && azureIdentity) {
    return await acrCredentials({ identity: azureIdentity, registry: host }, context);
  }
  if (way === 'password' && username && password) {
    context.mask(password);
    return { username, password };
  }
  return undefined;
}

/**
 * As whom the job speaks to AWS, one for all these registries.
 * @returns undefined when no input is about a registry of AWS
 * @throws Failure `action/input` when nothing tells the region
 */
export function awsIdentityFor(
  hosts: readonly string[],
  inputs: RegistryInputs,
  context: IdentityContext,
): AwsIdentity | undefined {
  const { awsIdentity, awsRegion, awsRole } = inputs;
  const registry = hosts.find((host) => loginWay(host, inputs) === 'aws');
  if (awsIdentity || registry === undefined || !awsRole) return awsIdentity;
  const region = ecrRegion({ registry, region: awsRegion });
  return roleIdentity({ role: awsRole, region }, context);
}

/**
 * As whom the job speaks to Azure, one for all these registries.
 * @returns undefined when no input is about a registry of Azure
 */
export function azureIdentityFor(
  hosts: readonly string[],
  inputs: RegistryInputs,
  context: IdentityContext,
): AzureIdentity | undefined {
  const { azureClientId: clientId, azureIdentity, azureTenantId: tenantId } = inputs;
  const registry = hosts.find((host) => loginWay(host, inputs) === 'azure');
  if (azureIdentity || registry === undefined || !clientId || !tenantId) return azureIdentity;
  const host = registryHost(registry);
  const cloud = host.provider === 'acr' ? host.cloud : azureCloud(context.env);
  return federatedIdentity({ ...azureSignIn(cloud, context.env), clientId, tenantId }, context);
}
