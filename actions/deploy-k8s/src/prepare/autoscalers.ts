import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import type { Located } from './locate.ts';

/** Autoscalers of a namespace, and what could not be found out about them. */
export interface Autoscalers {
  readonly all: readonly JsonObject[];
  readonly note: string | undefined;
}

const kind = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };

/** The autoscalers that run, and those of the manifests. */
export async function findAutoscalers(
  api: KubernetesApi,
  { namespace, located }: { namespace: string; located: readonly Located[] },
  signal: AbortSignal,
): Promise<Autoscalers> {
  const given = located
    .filter(({ name }) => name.namespace === namespace)
    .filter(({ name }) => [kind.kind, 'ScaledObject'].includes(name.resource.kind))
    .map(({ object }) => object);
  try {
    const resource = await api.resource(kind, signal);
    const live = resource ? await api.list({ resource, namespace }, signal) : [];
    return { all: [...given, ...live], note: undefined };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'k8s/denied') throw error;
    const note = `Whether an autoscaler sets the number of pods is not known: ${error.message}`;
    return { all: given, note };
  }
}
