import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure } from '@slipway/shared/failure/failure';
import type { ClusterAccess } from './access.ts';
import { withToken } from './kubeconfig-user.ts';

/** Where Kubernetes puts the service account of a pod. */
export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The cluster that the runner itself is a pod of, as the service account of that pod; kubectl and helm
 * do the same where nothing else is given.
 * Source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * @returns undefined where the runner is no pod
 */
export function inClusterAccess(
  { env, mask }: { env: Environment; mask(secret: string): void },
  folder = serviceAccountFolder,
): ClusterAccess | undefined {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'], env['KUBERNETES_SERVICE_PORT']];
  if (!host || !port) return undefined;
  const server = URL.parse(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  const ca = textOf(join(folder, 'ca.crt'));
  const token = () => {
    // The kubelet renews it in its file.
    const text = textOf(join(folder, 'token'))?.trim();
    if (text) mask(text);
    return text;
  };
  if (!server || !token()) return undefined;
  const who = 'the service account of the pod that the runner is';
  return {
    server,
    ca,
    tlsServerName: undefined,
    proxy: undefined,
    headers: {},
    identity: {
      who,
      remedy:
        'The runner is a pod whose service account the cluster does not accept: give `cluster` or `kubeconfig`.',
      async proof() {
        const text = token();
        if (!text) throw Failure.of('k8s/no-cluster', {});
        return withToken(text);
      },
      ended: () => undefined,
    },
    namespace: textOf(join(folder, 'namespace'))?.trim() || undefined,
    from: 'the cluster that the runner is a pod of',
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
