/** Who runs a registry, as far as its host name tells. */
export type RegistryHost =
  | { provider: 'ecr'; account: string; region: string }
  | { provider: 'ecr-public' }
  | { provider: 'acr'; cloud: AzureCloud }
  /** This machine: a test registry or an emulator, which may stand for any provider. */
  | { provider: 'loopback' }
  | { provider: 'other' };

export type AzureCloud = 'public' | 'china' | 'government';

// Hosts as https://github.com/awslabs/amazon-ecr-credential-helper knows them: IPv4 and dual-stack,
// FIPS, and each partition's domain.
const ecr =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9][a-z0-9-]*)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;
const ecrPublic = /^(?:public\.ecr\.aws|ecr-public\.aws\.com)$/;
// Also regional endpoints, https://learn.microsoft.com/azure/container-registry/ ("name.region.geo").
const acr = /^[a-z0-9-]+(?:\.[a-z0-9-]+\.geo)?\.azurecr\.(?<domain>io|cn|us)$/;
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

/**
 * Which provider a registry host belongs to.
 * @param host host of an image reference, with its port if it has one: `ghcr.io`, `localhost:5000`
 */
export function registryHost(host: string): RegistryHost {
  const name = host.toLowerCase();
  const { account, region } = ecr.exec(name)?.groups ?? {};
  if (account && region) return { provider: 'ecr', account, region };
  if (ecrPublic.test(name)) return { provider: 'ecr-public' };
  switch (acr.exec(name)?.groups?.['domain']) {
    case 'io':
      return { provider: 'acr', cloud: 'public' };
    case 'cn':
      return { provider: 'acr', cloud: 'china' };
    case 'us':
      return { provider: 'acr', cloud: 'government' };
    default:
      return { provider: isLoopback(name) ? 'loopback' : 'other' };
  }
}

/** Whether a host, with its port if it has one, is this machine. */
export function isLoopback(host: string): boolean {
  return loopback.test(host.toLowerCase());
}
