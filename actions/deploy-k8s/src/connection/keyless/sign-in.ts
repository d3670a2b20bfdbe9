import type { IdentityContext } from '@slipway/shared/identity/context';
import type { IdentityParts } from '../identity-parts.ts';

/** Inputs of the ways to sign in without a kubeconfig. */
export interface KeylessSettings {
  'cluster-ca': string | undefined;
  'oidc-audience': string | undefined;
  'aws-role': string | undefined;
  'azure-client-id': string | undefined;
  'azure-tenant-id': string | undefined;
  'google-workload-identity-provider': string | undefined;
  'google-service-account': string | undefined;
}

/** What signing in runs on, and what the inputs say. */
export interface Keyless {
  settings: KeylessSettings;
  parts: IdentityParts;
  context: IdentityContext;
}
