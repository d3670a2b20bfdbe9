import type { AwsIdentity } from './aws-identity.ts';
import type { AzureIdentity } from './azure-identity.ts';
import { registryHost } from './registry-host.ts';

/** The inputs about registries, as `checkRegistryLogin` found them good. */
export interface RegistryInputs {
  /** `registry-username` */
  username?: string | undefined;
  /** `registry-password` */
  password?: string | undefined;
  /** `aws-role` */
  awsRole?: string | undefined;
  /** `aws-region` */
  awsRegion?: string | undefined;
  /** As whom the job speaks to AWS already; goes before `aws-role`. */
  awsIdentity?: AwsIdentity | undefined;
  /** As whom the job speaks to Azure already; goes before `azure-client-id`. */
  azureIdentity?: AzureIdentity | undefined;
  /** `azure-client-id` */
  azureClientId?: string | undefined;
  /** `azure-tenant-id` */
  azureTenantId?: string | undefined;
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
  const aws = inputs.awsRole || inputs.awsIdentity;
  if (aws && (provider === 'ecr' || provider === 'ecr-public' || local)) return 'aws';
  const azure = inputs.azureClientId || inputs.azureIdentity;
  if (azure && (provider === 'acr' || local)) return 'azure';
  return inputs.username && inputs.password ? 'password' : 'none';
}
