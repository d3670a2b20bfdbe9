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
  if (inputs.awsRole && (provider === 'ecr' || provider === 'ecr-public' || local)) return 'aws';
  if (inputs.azureClientId && (provider === 'acr' || local)) return 'azure';
  return inputs.username && inputs.password ? 'password' : 'none';
}
