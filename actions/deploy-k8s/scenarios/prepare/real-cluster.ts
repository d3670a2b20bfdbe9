import { objectIn } from '@slipway/shared/document/json-object';
import { parseDocuments } from '@slipway/shared/document/parse-document';
import { Failure } from '@slipway/shared/failure/failure';
import { formatReference, parseReference } from '@slipway/shared/image/reference';
import { systemClock } from '@slipway/shared/time/clock';
import type { KubernetesClient } from '../../../../packages/local-cloud/src/kubernetes/client.ts';
import { sharedKubernetes } from '../../../../packages/local-cloud/src/kubernetes/shared.ts';
import type { KubernetesApi } from '../../src/api/kubernetes-api.ts';
import { openKubernetes } from '../../src/api/open-kubernetes.ts';
import { objectsOf } from '../../src/manifests/objects-of.ts';
import { checkWorkload } from '../../src/prepare/check-workload.ts';
import type { Preparation, WorkloadSettings } from '../../src/prepare/preparation.ts';
import { prepareWorkload } from '../../src/prepare/prepare-workload.ts';
import { AppliedObjects } from '../../src/way-back/applied-objects.ts';
import type { Prepared } from '../../src/workload/prepared.ts';

/** What a run is told. */
export interface Told {
  manifests?: string;
  settings?: Partial<Omit<WorkloadSettings, 'image'>> & { image?: string };
  /** Of whom it is; the administrator without. */
  kubeconfig?: string;
}

const signal = new AbortController().signal;

/** A real cluster, and runs of this action's own parts on it; no pod has to run for them. */
export class RealCluster {
  readonly kubernetes: KubernetesClient;

  private constructor(kubernetes: KubernetesClient) {
    this.kubernetes = kubernetes;
  }

  static async open(): Promise<RealCluster> {
    return new RealCluster(await sharedKubernetes());
  }

  async api(kubeconfig = this.kubernetes.kubeconfig): Promise<KubernetesApi> {
    const settings = {
      kubeconfig,
      'kube-context': undefined,
      cluster: undefined,
      'cluster-ca': undefined,
      'oidc-audience': undefined,
      'aws-role': undefined,
      'azure-client-id': undefined,
      'azure-tenant-id': undefined,
      'google-workload-identity-provider': undefined,
      'google-service-account': undefined,
    };
    const commands = { mask: () => undefined, info: () => undefined };
    return (await openKubernetes(settings, { env: {}, commands }, systemClock)).api;
  }

  async prepare(namespace: string, told: Told): Promise<Prepared> {
    return prepareWorkload(await this.#preparation(namespace, told), signal);
  }

  /** What is prepared, and applied after that. */
  async deploy(namespace: string, told: Told): Promise<Prepared> {
    const prepared = await this.prepare(namespace, told);
    const applied = new AppliedObjects(await this.api(told.kubeconfig));
    for (const wanted of prepared.objects) {
      if (wanted.isChanged) await applied.apply(wanted, signal);
    }
    return prepared;
  }

  /** The failure of a preparation, its code and its words. */
  async refusal(namespace: string, told: Told): Promise<string> {
    return failureOf(this.prepare(namespace, told));
  }

  /** What the check of permissions says: its notes, or its failure. */
  async check(namespace: string, told: Told): Promise<readonly string[]> {
    const preparation = await this.#preparation(namespace, told);
    const needing = {
      'health-path': '/health',
      rollback: true,
      'run-before': undefined,
      secrets: undefined,
      strategy: 'rolling' as const,
    };
    return (await checkWorkload(preparation, needing, signal)).notes;
  }

  /** A field of an object, by kubectl's path. */
  get(namespace: string, object: string, path: string): Promise<string> {
    const output = ['--output', `jsonpath={${path}}`];
    return this.kubernetes.kubectl(['--namespace', namespace, 'get', object, ...output]);
  }

  /** Applies as kubectl does. */
  async apply(namespace: string, text: string, ...more: readonly string[]): Promise<void> {
    const args = ['--namespace', namespace, 'apply', ...more, '--filename', '-'];
    await this.kubernetes.kubectl(args, text);
  }

  async #preparation(namespace: string, { kubeconfig, manifests, settings }: Told) {
    const { image, ...given } = settings ?? {};
    const documents =
      manifests === undefined
        ? undefined
        : await parseDocuments(manifests, { example: 'deploy', longest: 1_000_000 });
    const preparation: Preparation = {
      api: await this.api(kubeconfig),
      namespace,
      manifests: documents?.flatMap(({ value, line }) => objectsOf(value, `line ${line}`)),
      settings: {
        container: undefined,
        env: undefined,
        'force-conflicts': false,
        namespace: undefined,
        replicas: undefined,
        secrets: undefined,
        strict: false,
        workload: undefined,
        ...given,
        image: image === undefined ? undefined : parseReference(image),
      },
      async resolve({ registry, repository, digest = `sha256:${'b'.repeat(64)}` }) {
        const name = formatReference({ registry, repository, digest });
        return { name, digest, platforms: [] };
      },
    };
    return preparation;
  }
}

/** The failure of some work: its code and its words. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Managers that have set a field of an object, by the members of its path. */
export function hasOwner(object: Prepared['main'], manager: string): boolean {
  return JSON.stringify(objectIn(object.after, 'metadata')).includes(`"manager":"${manager}"`);
}

/** A Deployment of which no pod has to start. */
export function shop(
  more: { env?: string; spec?: string; pod?: string; image?: string } = {},
): string {
  const { env = '[]', spec = '', pod = '', image = 'registry.invalid/shop:1' } = more;
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  ${spec}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      ${pod}
      containers: [{name: web, image: ${image}, env: ${env}}]
`;
}
