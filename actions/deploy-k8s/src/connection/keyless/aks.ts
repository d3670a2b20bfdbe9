import { Failure } from '@slipway/shared/failure/failure';
import { field, listField, textField } from '@slipway/shared/http/json';
import { ask, type TokenAnswer, unusable } from '@slipway/shared/identity/ask';
import { azureCloud, azureManagement } from '@slipway/shared/identity/azure-cloud';
import type { AzureIdentity } from '@slipway/shared/identity/azure-identity';
import { azureIdentity } from '@slipway/shared/identity/azure-sources';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { registryHost } from '@slipway/shared/identity/registry-host';
import { oneLine } from '@slipway/shared/image/said';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import { contextRoute, kubeconfigAccess } from '../kubeconfig-access.ts';
import { type Kubeconfig, readKubeconfig } from '../kubeconfig-file.ts';
import { kubeconfigSecrets } from '../kubeconfig-secrets.ts';
import type { Keyless } from './sign-in.ts';

type AksCluster = GivenCluster & { vendor: 'aks' };

const service = 'Azure Resource Manager';
const version = '2025-05-01';
/** The application that stands for the API servers of AKS in each directory. */
const scope = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

/**
 * A cluster of AKS. Its address and authority are from Resource Manager, the token from Entra ID.
 * Source: https://learn.microsoft.com/rest/api/aks/managed-clusters/list-cluster-user-credentials and
 * https://learn.microsoft.com/azure/aks/kubelogin-authentication
 */
export async function aksAccess(
  cluster: AksCluster,
  { context, parts, settings }: Keyless,
): Promise<ClusterAccess> {
  const cloud = azureCloud(context.env);
  const given = {
    cloud,
    clientId: settings['azure-client-id'],
    tenantId: settings['azure-tenant-id'],
  };
  let identity = await azureIdentity(given, context);
  const config = await userCredential(cluster, identity, context);
  const { cluster: _, user, ...route } = await contextRoute(config, undefined, parts.mask);
  const from = `cluster ${cluster.name} of AKS`;
  const registryLogin = async (registry: string) => {
    if (registryHost(registry).provider !== 'acr') return undefined;
    const { acrCredentials } = await import('@slipway/shared/identity/azure');
    return acrCredentials({ registry, identity }, context);
  };
  if (user.is['client-certificate-data'] !== undefined) {
    // Without Entra ID the cluster knows this certificate alone, and gives it to whom it may.
    const access = await kubeconfigAccess(config, undefined, parts);
    const who = `the cluster user of AKS, as the cluster has no Entra ID; given to ${identity.who}`;
    const as = { identity: { ...access.identity, who }, registryLogin };
    return { ...access, ...as, from, namespace: undefined };
  }
  return {
    ...route,
    from,
    namespace: undefined,
    registryLogin,
    identity: {
      who: `${identity.who}, ${identity.way}`,
      remedy:
        'The cluster must have Entra ID as its authentication, in the directory of `azure-tenant-id`. With Azure RBAC the identity needs a role such as Azure Kubernetes Service RBAC Writer; otherwise a RoleBinding to its object id.',
      async proof() {
        const { value } = await identity.token(scope);
        return { authorization: `Bearer ${value}` };
      },
      ended() {
        // Its tokens are kept by the identity.
        const fresh = azureIdentity(given, context);
        const old = identity;
        identity = { ...old, token: async (of) => (await fresh).token(of) };
      },
    },
  };
}

const nowhere = { folder: undefined, checkout: undefined };

async function userCredential(
  cluster: AksCluster,
  identity: AzureIdentity,
  context: IdentityContext,
): Promise<Kubeconfig> {
  const { name, resourceGroup, subscription } = cluster;
  const { endpoint, scope: armScope } = azureManagement(azureCloud(context.env), context.env);
  const id = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const url = new URL(`${endpoint}${id}/listClusterUserCredential?api-version=${version}`);
  const { value } = await identity.token(armScope);
  const headers = { authorization: `Bearer ${value}` };
  const answer = await ask({ service, url, headers, json: {} }, context);
  if (answer.status !== 200) throw refused(answer, { id, name }, identity);
  const given = listField(answer.body, 'kubeconfigs')[0];
  const text = Buffer.from(textField(given, 'value') ?? '', 'base64').toString('utf8');
  if (text === '') throw unusable(service, 'the answer holds no kubeconfig');
  for (const secret of kubeconfigSecrets(text)) context.mask(secret);
  return readKubeconfig(text, { from: `The kubeconfig of ${name}`, ...nowhere });
}

function refused(
  { body, status }: TokenAnswer,
  { id, name }: { id: string; name: string },
  identity: AzureIdentity,
): Failure {
  const error = field(body, 'error');
  const code = textField(error, 'code') ?? '';
  const words = [code, textField(error, 'message')].filter(Boolean).join(': ');
  const said = oneLine(words || `HTTP ${status}`);
  if (status === 404) return Failure.of('k8s/cluster-not-found', { cluster: id, said });
  if (status === 403) {
    return Failure.of('identity/permission', {
      who: identity.who,
      what: `read the address of the cluster ${name}`,
      said,
      grant: `the role Azure Kubernetes Service Cluster User Role on ${id}`,
    });
  }
  return unusable(service, said);
}
