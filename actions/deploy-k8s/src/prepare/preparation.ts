import type { ImageReference } from '@slipway/shared/image/reference';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import type { ManifestObject } from '../manifests/manifest-object.ts';
import type { Settings } from '../settings.ts';

/** The inputs that say what is deployed. */
export type WorkloadSettings = Pick<
  Settings,
  | 'container'
  | 'env'
  | 'force-conflicts'
  | 'image'
  | 'namespace'
  | 'replicas'
  | 'secrets'
  | 'strict'
  | 'workload'
>;

/** What a deployment is prepared from. */
export interface Preparation {
  readonly api: KubernetesApi;
  readonly settings: WorkloadSettings;
  /** Namespace of what has none. */
  readonly namespace: string;
  /** {@link readManifests}; undefined where only inputs change what runs. */
  readonly manifests: readonly ManifestObject[] | undefined;
  /** Resolves an image to its digest: shared's `resolveImage`. */
  resolve(reference: ImageReference, signal: AbortSignal): Promise<ResolvedImage>;
}
