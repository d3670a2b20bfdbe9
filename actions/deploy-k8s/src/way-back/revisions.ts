import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import type { KubernetesApi, ObjectName } from '../api/kubernetes-api.ts';

/** A revision of a workload: its name, its number and its pod template. */
export interface Revision {
  /** Name of its ReplicaSet or ControllerRevision. */
  readonly name: string;
  readonly number: number;
  /** `spec.template` */
  readonly template: JsonObject;
}

const numberAnnotation = 'deployment.kubernetes.io/revision';

/**
 * The revisions of a workload that the cluster still has, newest first; none for a kind that has no
 * revisions.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#revision-history-limit
 */
export async function revisionsOf(
  api: KubernetesApi,
  workload: ObjectName,
  live: JsonObject,
  signal: AbortSignal,
): Promise<readonly Revision[]> {
  const { kind } = workload.resource;
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return [];
  const holds = kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const resource = await api.resource({ apiVersion: 'apps/v1', kind: holds }, signal);
  if (!resource) return [];
  const uid = textIn(objectIn(live, 'metadata'), 'uid');
  const all = await api.list({ resource, namespace: workload.namespace }, signal);
  return all
    .filter((one) =>
      objectsIn(objectIn(one, 'metadata'), 'ownerReferences').some(
        (owner) => textIn(owner, 'uid') === uid,
      ),
    )
    .map((one) => (kind === 'Deployment' ? ofReplicaSet(one) : ofControllerRevision(one)))
    .sort((one, other) => other.number - one.number);
}

function ofReplicaSet(replicaSet: JsonObject): Revision {
  const metadata = objectIn(replicaSet, 'metadata');
  const template = objectIn(objectIn(replicaSet, 'spec'), 'template');
  return {
    name: textIn(metadata, 'name') ?? '',
    number: Number(textIn(objectIn(metadata, 'annotations'), numberAnnotation) ?? 0),
    template: withoutLabel(template, 'pod-template-hash'),
  };
}

function ofControllerRevision(revision: JsonObject): Revision {
  const template = objectIn(objectIn(objectIn(revision, 'data'), 'spec'), 'template');
  const { $patch: _, ...rest } = template;
  return {
    name: textIn(objectIn(revision, 'metadata'), 'name') ?? '',
    number: Number(revision['revision'] ?? 0),
    template: rest,
  };
}

function withoutLabel(template: JsonObject, label: string): JsonObject {
  const metadata = objectIn(template, 'metadata');
  const { [label]: _, ...labels } = objectIn(metadata, 'labels');
  return { ...template, metadata: { ...metadata, labels } };
}
