import type { Environment } from '../action/github.ts';
import { withoutEnd } from '../action/plain-text.ts';
import { Failure } from '../failure/failure.ts';
import { type AzureCloud, isLoopback } from './registry-host.ts';

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
  const host = env['AZURE_AUTHORITY_HOST'];
  if (!host) return signIn;
  const address = host.includes('://') ? host : `https://${host}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host));
  if (url && safe) return { ...signIn, authority: withoutEnd(address, '/') };
  const problems = `AZURE_AUTHORITY_HOST: ${JSON.stringify(host)} is no https address. Example: https://login.microsoftonline.us`;
  throw Failure.of('action/input', { problems });
}
