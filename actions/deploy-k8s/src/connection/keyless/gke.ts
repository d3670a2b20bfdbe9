import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import { ask, type TokenAnswer, unusable } from '@slipway/shared/identity/ask';
import { cloudAddress } from '@slipway/shared/identity/cloud-address';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { oneLine } from '@slipway/shared/image/said';
import type { ClusterAccess } from '../access.ts';
import type { GivenCluster } from '../given-cluster.ts';
import { renewedProof } from '../renewed-proof.ts';
import { certificateIn, endpointOf } from './described.ts';
import { googleToken } from './google-token.ts';
import type { Keyless } from './sign-in.ts';

type GkeCluster = GivenCluster & { vendor: 'gke' };

const service = 'Google Kubernetes Engine';

/**
 * A cluster of GKE, by workload identity federation; the access token is the credential.
 * Source: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters
 */
export async function gkeAccess(
  cluster: GkeCluster,
  { context, settings }: Keyless,
): Promise<ClusterAccess> {
  const provider = settings['google-workload-identity-provider'];
  if (provider === undefined) throw new TypeError('the settings tell no provider');
  const account = settings['google-service-account'];
  const { ended, held, proof } = renewedProof({
    clock: context.clock,
    get: async () => {
      const token = await googleToken({ provider, account }, context);
      return { ...token, proof: { authorization: `Bearer ${token.value}` } };
    },
  });
  const { value, who } = await held();
  const described = await describe(cluster, { token: value, who }, context);
  const principal = account ?? who;
  return {
    ...described,
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    namespace: undefined,
    from: `cluster ${cluster.name} of GKE in ${cluster.location}`,
    identity: {
      who,
      remedy: `Give ${principal} the role roles/container.developer in project ${cluster.project}, or roles/container.clusterViewer and a Role of RBAC for user ${principal}.`,
      proof,
      ended,
    },
  };
}

async function describe(
  { location, name, project }: GkeCluster,
  { token, who }: { token: string; who: string },
  context: IdentityContext,
): Promise<Pick<ClusterAccess, 'server' | 'ca'>> {
  const own = 'https://container.googleapis.com';
  const variable = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER';
  const endpoint = (cloudAddress(variable, context.env, own) ?? own).replace(/\/$/, '');
  const id = `projects/${project}/locations/${location}/clusters/${name}`;
  const url = new URL(`${endpoint}/v1/${id}`);
  const headers = { authorization: `Bearer ${token}` };
  const answer = await ask({ service, url, headers }, context);
  if (answer.status !== 200) throw refused(answer, { id, project }, who);
  const { body } = answer;
  const endpoints = field(body, 'controlPlaneEndpointsConfig');
  const dns = field(endpoints, 'dnsEndpointConfig');
  const ip = field(endpoints, 'ipEndpointsConfig');
  const isPrivate =
    field(ip, 'enabled') === false ||
    field(ip, 'enablePublicEndpoint') === false ||
    field(field(body, 'privateClusterConfig'), 'enablePrivateEndpoint') === true;
  const byName = endpointOf(textField(dns, 'endpoint'));
  // It leads in from everywhere, through IAM, and its certificate is a public one.
  if (isPrivate && byName && field(dns, 'allowExternalTraffic') === true) {
    return { server: byName, ca: undefined };
  }
  const server = endpointOf(textField(body, 'endpoint'));
  const ca = certificateIn(textField(field(body, 'masterAuth'), 'clusterCaCertificate'));
  if (server && ca) return { server, ca };
  const state = textField(body, 'status') ?? 'unknown';
  throw Failure.of('k8s/cluster-not-ready', { cluster: id, state });
}

function refused(
  { body, status }: TokenAnswer,
  { id, project }: { id: string; project: string },
  who: string,
): Failure {
  const error = field(body, 'error');
  const words = [textField(error, 'status'), textField(error, 'message')];
  const said = oneLine(words.filter(Boolean).join(': ') || `HTTP ${status}`);
  if (status === 404) return Failure.of('k8s/cluster-not-found', { cluster: id, said });
  if (status === 403) {
    return Failure.of('identity/permission', {
      who,
      what: `read the cluster ${id}`,
      said,
      grant: `the role roles/container.clusterViewer in project ${project}, and the Kubernetes Engine API has to be on there`,
    });
  }
  return unusable(service, said);
}
