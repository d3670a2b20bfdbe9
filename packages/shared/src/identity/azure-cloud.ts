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

/**
 * How to sign in to a cloud. `AZURE_AUTHORITY_HOST`, the variable of the Azure SDKs, moves the
 * authority; plain http is taken for loopback only.
 * @throws Failure `action/input` when the variable holds no such address
 */
export function azureSignIn(cloud: AzureCloud, env: Environment): AzureSignIn {
  const signIn = signIns[cloud];
  const example = 'https://login.microsoftonline.us';
  const address = cloudAddress('AZURE_AUTHORITY_HOST', env, example);
  if (address === undefined) return signIn;
  return { ...signIn, authority: withoutEnd(address, '/') };
}
