import type { Commands } from '@slipway/shared/action/commands';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import type { AzureIdentity } from '@slipway/shared/identity/azure-identity';
import { azureIdentity } from '@slipway/shared/identity/azure-sources';
import type { IdentityContext } from '@slipway/shared/identity/context';
import type { AzureCloud } from '@slipway/shared/identity/registry-host';
import { systemClock } from '@slipway/shared/time/clock';
import type { Settings } from './settings.ts';

/** As whom a run speaks to Azure, and where. */
export interface AzureAccess {
  subscription: string;
  cloud: AzureCloud;
  identity: AzureIdentity;
  context: IdentityContext;
}

type IdentitySettings = Pick<
  Settings,
  | 'azure-client-id'
  | 'azure-client-secret'
  | 'azure-environment'
  | 'azure-subscription-id'
  | 'azure-tenant-id'
>;

/**
 * Finds the subscription and the identity.
 * @throws Failure `action/input` where nothing tells the subscription; `identity/no-azure-credentials`
 */
export async function azureAccess(
  settings: IdentitySettings,
  run: { env: Environment; commands: Pick<Commands, 'mask' | 'info'> },
): Promise<AzureAccess> {
  const { commands, env } = run;
  const subscription = settings['azure-subscription-id'] ?? env['AZURE_SUBSCRIPTION_ID'];
  if (!subscription) {
    const problems =
      'Input azure-subscription-id is missing, and AZURE_SUBSCRIPTION_ID does not tell it. Valid: 11111111-2222-3333-4444-555555555555';
    throw Failure.of('action/input', { problems });
  }
  const cloud = settings['azure-environment'];
  // Not the signal of the run: a rollback after a cancel needs a token too.
  const context = { env, fetch: httpFetch, clock: systemClock, mask: commands.mask };
  const given = {
    cloud,
    clientId: settings['azure-client-id'],
    tenantId: settings['azure-tenant-id'],
    clientSecret: settings['azure-client-secret'],
  };
  const identity = await azureIdentity(given, context);
  commands.info(`Azure is spoken to as ${identity.who}, ${identity.way}`);
  return { subscription, cloud, identity, context };
}
