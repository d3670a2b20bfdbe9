import type { Commands } from '@slipway/shared/action/commands';
import type { Environment } from '@slipway/shared/exec/environment';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { ClusterAccess, LoginOfRegistry } from '../connection/access.ts';
import { givenKubeconfig } from '../connection/given-kubeconfig.ts';
import { inClusterAccess } from '../connection/in-cluster.ts';
import { kubeconfigAccess } from '../connection/kubeconfig-access.ts';
import type { Settings } from '../settings.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { openApi } from './open-api.ts';

/** Inputs that say which cluster, and as whom. */
export type ConnectionSettings = Pick<
  Settings,
  | 'kubeconfig'
  | 'kube-context'
  | 'cluster'
  | 'cluster-ca'
  | 'oidc-audience'
  | 'aws-role'
  | 'azure-client-id'
  | 'azure-tenant-id'
  | 'google-workload-identity-provider'
  | 'google-service-account'
>;

/** What a connection needs from the run. */
export interface ConnectionRun {
  env: Environment;
  commands: Pick<Commands, 'mask' | 'info'>;
}

/** A cluster that calls can be made to. */
export interface OpenCluster {
  api: KubernetesApi;
  /** Namespace of the context of the kubeconfig. */
  namespace: string | undefined;
  /** Logs in to registries as who speaks to the cluster; undefined where that is nobody's of a cloud. */
  registryLogin: LoginOfRegistry | undefined;
}

/**
 * Opens the cluster that the inputs name, and says as whom: input `cluster`; or else the kubeconfig of
 * the input, or of KUBECONFIG; or else the cluster whose pod the runner is.
 * @throws Failure `k8s/no-cluster`, `k8s/kubeconfig`, `k8s/insecure`, `k8s/exec-refused`,
 *   `k8s/cluster-not-found`, `identity/*`
 */
export async function openKubernetes(
  settings: ConnectionSettings,
  run: ConnectionRun,
  clock: Clock,
): Promise<OpenCluster> {
  const access = await accessOf(settings, run, clock);
  run.commands.info(
    `Kubernetes is spoken to at ${access.server.host} (${access.from}) as ${access.identity.who}`,
  );
  const { namespace, registryLogin } = access;
  return { api: openApi({ access, env: run.env, clock }), namespace, registryLogin };
}

async function accessOf(
  settings: ConnectionSettings,
  { commands, env }: ConnectionRun,
  clock: Clock,
): Promise<ClusterAccess> {
  const { mask } = commands;
  const parts = { env, clock, mask, runProgram };
  if (settings.cluster) {
    const { keylessAccess } = await import('../connection/keyless/keyless.ts');
    return keylessAccess(settings.cluster, settings, parts);
  }
  const config = await givenKubeconfig({ text: settings.kubeconfig, env, mask });
  if (config) return kubeconfigAccess(config, settings['kube-context'], parts);
  const access = inClusterAccess({ env, mask });
  if (access) return access;
  throw Failure.of('k8s/no-cluster', {});
}
