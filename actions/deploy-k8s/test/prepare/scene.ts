import type { JsonObject } from '@slipway/shared/document/json-object';
import { parseDocuments } from '@slipway/shared/document/parse-document';
import { Failure } from '@slipway/shared/failure/failure';
import { formatReference, parseReference } from '@slipway/shared/image/reference';
import type { KubernetesApi } from '../../src/api/kubernetes-api.ts';
import { objectsOf } from '../../src/manifests/objects-of.ts';
import type { WorkloadSettings } from '../../src/prepare/preparation.ts';
import { prepareWorkload } from '../../src/prepare/prepare-workload.ts';
import type { Prepared } from '../../src/workload/prepared.ts';
import { FakeKubernetes } from '../fake-kubernetes.ts';
import { digests } from '../workloads.ts';

/** What a run finds and is told. */
export interface Scene {
  /** What is in the cluster. */
  live?: readonly JsonObject[];
  /** YAML. */
  manifests?: string;
  settings?: Partial<Omit<WorkloadSettings, 'image'>> & { image?: string };
  cluster?: FakeKubernetes;
  answers?: Partial<KubernetesApi>;
  /** What the image runs on. */
  platforms?: readonly string[];
}

/** What is prepared in a scene; each tag has the new digest. */
export async function prepare(scene: Scene): Promise<Prepared> {
  const cluster = scene.cluster ?? new FakeKubernetes();
  for (const object of scene.live ?? []) cluster.add(object);
  const { image, ...settings } = scene.settings ?? {};
  const documents =
    scene.manifests === undefined
      ? undefined
      : await parseDocuments(scene.manifests, { example: 'deploy', longest: 8_000_000 });
  return prepareWorkload(
    {
      api: cluster.api(scene.answers),
      namespace: settings.namespace ?? 'shop',
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
        ...settings,
        image: image === undefined ? undefined : parseReference(image),
      },
      async resolve({ registry, repository, digest = digests.new }) {
        const name = formatReference({ registry, repository, digest });
        return { name, digest, platforms: scene.platforms ?? [] };
      },
    },
    new AbortController().signal,
  );
}

/** The failure of a scene: its code and its words. */
export async function refusal(scene: Scene): Promise<string> {
  try {
    await prepare(scene);
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

export const deploymentShop = { kind: 'Deployment', name: 'shop' } as const;
