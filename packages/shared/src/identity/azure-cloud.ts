import { withoutEnd } from '../action/plain-text.ts';
import type { Environment } from '../exec/environment.ts';
import { cloudAddress } from './cloud-address.ts';
import type { AzureCloud } from './registry-host.ts';

/** Where an Azure cloud signs in, and for whom it wants OIDC tokens to be made. */
export interface AzureSignIn {
  /** Base address of Microsoft Entra ID, without a slash at the end. */
  authority: string;
  /** Audience of the federated credential. */
  audience: string;
}

/** Azure Resource Manager of a cloud. */
export interface AzureManagement {
  /** Base address, without a slash at the end. */
  endpoint: string;
  /** What a token has to be for. */
  scope: string;
}

// https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud and
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
const signIns: Readonly<Record<AzureCloud, AzureSignIn>> = {
  public: {
    authority: 'https://login.microsoftonline.com',
    audience: 'api://AzureADTokenExchange',
  },
  china: {
    authority: 'https://login.partner.microsoftonline.cn',
    audience: 'api://AzureADTokenExchangeChina',
  },
  government: {
    authority: 'https://login.microsoftonline.us',
    audience: 'api://AzureADTokenExchangeUSGov',
  },
};

// https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and
// https://learn.microsoft.com/azure/china/resources-developer-guide
const managements: Readonly<Record<AzureCloud, string>> = {
  public: 'https://management.azure.com',
  china: 'https://management.chinacloudapi.cn',
  government: 'https://management.usgovcloudapi.net',
};

/** The older name of China's authority, which the SDKs still know. */
const otherAuthorities: Readonly<Record<string, AzureCloud>> = {
  'https://login.chinacloudapi.cn': 'china',
};

/**
 * How to sign in to a cloud. `AZURE_AUTHORITY_HOST`, the variable of the Azure SDKs, moves the
 * authority; plain http is taken for loopback only.
 * @throws Failure `action/input` when the variable holds no such address
 */
export function azureSignIn(cloud: AzureCloud, env: Environment): AzureSignIn {
  const signIn = signIns[cloud];
  const authority = authorityOf(env);
  return authority === undefined ? signIn : { ...signIn, authority };
}

/**
 * Where a cloud is managed. `AZURE_RESOURCE_MANAGER_ENDPOINT` moves the address, not the scope; plain
 * http is taken for loopback only.
 * @throws Failure `action/input` when the variable holds no such address
 */
export function azureManagement(cloud: AzureCloud, env: Environment): AzureManagement {
  const own = managements[cloud];
  const moved = cloudAddress('AZURE_RESOURCE_MANAGER_ENDPOINT', env, own);
  return { endpoint: withoutEnd(moved ?? own, '/'), scope: `${own}/.default` };
}

/** The cloud that `AZURE_AUTHORITY_HOST` belongs to; the public one where it tells nothing. */
export function azureCloud(env: Environment): AzureCloud {
  const authority = authorityOf(env);
  for (const cloud of ['china', 'government'] as const) {
    if (authority === signIns[cloud].authority) return cloud;
  }
  return otherAuthorities[authority ?? ''] ?? 'public';
}

function authorityOf(env: Environment): string | undefined {
  const address = cloudAddress('AZURE_AUTHORITY_HOST', env, 'https://login.microsoftonline.us');
  return address === undefined ? undefined : withoutEnd(address, '/');
}
