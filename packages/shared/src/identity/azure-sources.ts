import { Failure } from '../failure/failure.ts';
import { azureSignIn } from './azure-cloud.ts';
import { federatedIdentity, secretIdentity, workloadIdentity } from './azure-federated.ts';
import type { AzureIdentity } from './azure-identity.ts';
import type { IdentityContext } from './context.ts';
import type { AzureCloud } from './registry-host.ts';

/** What the inputs say about the identity. */
export interface AzureInputs {
  cloud: AzureCloud;
  /** `azure-client-id` */
  clientId?: string | undefined;
  /** `azure-tenant-id` */
  tenantId?: string | undefined;
  /** `azure-client-secret` */
  clientSecret?: string | undefined;
}

/**
 * As whom this job speaks to Azure: the first of these that is given (docs/decisions/0082).
 *
 * 1. `azure-client-id`, `azure-tenant-id` and `azure-client-secret`: the secret.
 * 2. `azure-client-id` and `azure-tenant-id`: this job's OIDC token.
 * 3. `azure-client-id` alone: the user-assigned managed identity of the runner.
 * 4. AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, AZURE_FEDERATED_TOKEN_FILE or neither:
 *    the secret, the workload identity of a pod, or this job's OIDC token.
 * 5. The login of the Azure CLI that this job has made, as azure/login does.
 * 6. The managed identity of the runner, by AZURE_CLIENT_ID where that is set.
 * @throws Failure `identity/no-azure-credentials` when there is none of them
 */
export async function azureIdentity(
  given: AzureInputs,
  context: IdentityContext,
): Promise<AzureIdentity> {
  const { env } = context;
  const signIn = azureSignIn(given.cloud, env);
  const { clientId, clientSecret, tenantId } = given;
  if (clientId && tenantId) {
    const app = { ...signIn, clientId, tenantId };
    if (!clientSecret) return federatedIdentity(app, context);
    return secretIdentity({ ...app, secret: clientSecret, from: 'azure-client-secret' }, context);
  }
  const [client, tenant] = [env['AZURE_CLIENT_ID'], tenantId || env['AZURE_TENANT_ID']];
  if (!clientId && client && tenant) {
    const app = { ...signIn, clientId: client, tenantId: tenant };
    const secret = env['AZURE_CLIENT_SECRET'];
    if (secret) return secretIdentity({ ...app, secret, from: 'AZURE_CLIENT_SECRET' }, context);
    const file = env['AZURE_FEDERATED_TOKEN_FILE'];
    if (file) return workloadIdentity({ ...app, file }, context);
    if (env['ACTIONS_ID_TOKEN_REQUEST_URL']) return federatedIdentity(app, context);
  }
  return ofMachine({ clientId, tenantId, fallback: client }, context);
}

async function ofMachine(
  o: { clientId: string | undefined; tenantId: string | undefined; fallback: string | undefined },
  context: IdentityContext,
): Promise<AzureIdentity> {
  const { clientId, fallback, tenantId } = o;
  const { managedIdentity, namesManagedIdentity, onAzure } = await import('./azure-managed.ts');
  if (clientId) return managedIdentity(clientId, context);
  const { cliIdentity, loginOfThisJob } = await import('./azure-cli.ts');
  const login = await loginOfThisJob(context);
  if (login === 'of this job') return cliIdentity({ tenantId }, context);
  // GitHub's own machines are Azure's too, and have no identity.
  const hosted = context.env['RUNNER_ENVIRONMENT'] === 'github-hosted';
  if (namesManagedIdentity(context) || (!hosted && (await onAzure(context)))) {
    return managedIdentity(fallback, context);
  }
  const older = login === 'older' ? '; the login of the Azure CLI is older than this job' : '';
  const said = `neither azure-client-id nor AZURE_CLIENT_ID with a tenant is given, this job has not logged in with the Azure CLI, and the runner has no managed identity${older}`;
  throw Failure.of('identity/no-azure-credentials', { said });
}
