import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import type { Clock } from '@slipway/shared/time/clock';
import { poll } from '@slipway/shared/time/poll';
import { type KubernetesApi, type ObjectName, Outdated } from '../api/kubernetes-api.ts';
import { podView } from '../pods/pod-view.ts';

const pause = 200;

/**
 * Deletes the pods of a StatefulSet that are not ready and not of the revision that it is set to: in
 * their order, Kubernetes waits for them for ever before it replaces any.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 * @returns their names
 */
export async function replaceStuckPods(
  api: KubernetesApi,
  { clock, name }: { clock: Clock; name: ObjectName },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const resource = await api.resource({ apiVersion: 'v1', kind: 'Pod' }, signal);
  if (!resource) return [];
  // Which revision it is set to, the controller says once it has seen the change.
  const live = await poll(clock, signal, () => seen(api, name, signal), {
    first: pause,
    most: pause,
  });
  const uid = textIn(objectIn(live, 'metadata'), 'uid');
  const good = textIn(objectIn(live, 'status'), 'updateRevision');
  const pods = await api.list({ resource, namespace: name.namespace }, signal);
  const deleted: string[] = [];
  for (const pod of pods) {
    const metadata = objectIn(pod, 'metadata');
    const isOurs = objectsIn(metadata, 'ownerReferences').some((one) => textIn(one, 'uid') === uid);
    const revision = textIn(objectIn(metadata, 'labels'), 'controller-revision-hash');
    if (!isOurs || revision === good || podView(pod).isReady || metadata['deletionTimestamp'])
      continue;
    const [podName, podUid] = [textIn(metadata, 'name'), textIn(metadata, 'uid')];
    if (podName === undefined || podUid === undefined) continue;
    try {
      const only = { uid: podUid };
      await api.delete(
        { name: { resource, namespace: name.namespace, name: podName }, only },
        signal,
      );
      deleted.push(podName);
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
    }
  }
  return deleted;
}

async function seen(
  api: KubernetesApi,
  name: ObjectName,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const live = (await api.get(name, signal)) ?? {};
  const generation = Number(objectIn(live, 'metadata')['generation'] ?? 0);
  return Number(objectIn(live, 'status')['observedGeneration'] ?? 0) >= generation
    ? live
    : undefined;
}
