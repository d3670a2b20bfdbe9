import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { fieldManager } from '../api/kubernetes-api.ts';
import { ownersOf } from '../workload/field-owners.ts';
import { within } from '../workload/pod-template.ts';
import type { WorkloadName } from '../workload/workload-name.ts';

/** Whether an autoscaler decides on the number of pods of a workload. */
export function scales(autoscaler: JsonObject, { kind, name }: WorkloadName): boolean {
  const target = objectIn(objectIn(autoscaler, 'spec'), 'scaleTargetRef');
  // A ScaledObject of KEDA that names no kind means a Deployment.
  return textIn(target, 'name') === name && (textIn(target, 'kind') ?? 'Deployment') === kind;
}

/**
 * A workload that is applied, with the number of pods left to its autoscaler: the field is left out.
 * As long as nobody else has set it, though, leaving it out would set it to 1, so the number that runs
 * is applied once more.
 */
export function leftToAutoscaler(applied: JsonObject, live: JsonObject | undefined): JsonObject {
  const replicas = live && objectIn(live, 'spec')['replicas'];
  // Nothing runs yet: the manifest says with how many pods it begins.
  if (live === undefined || replicas === undefined) return applied;
  const owners = ownersOf(live, ['f:spec', 'f:replicas']);
  const isOnlyOurs = owners.length > 0 && owners.every((owner) => owner === fieldManager);
  return within(applied, ['spec'], ({ replicas: _, ...spec }) =>
    isOnlyOurs ? { ...spec, replicas } : spec,
  );
}

/**
 * Refuses a number of pods that an autoscaler would change back.
 * @throws Failure `k8s/autoscaled`
 */
export function checkReplicas(
  replicas: number | undefined,
  workload: string,
  autoscaler: JsonObject | undefined,
): void {
  if (replicas === undefined || autoscaler === undefined) return;
  const name = textIn(objectIn(autoscaler, 'metadata'), 'name') ?? '';
  throw Failure.of('k8s/autoscaled', { workload, autoscaler: name, replicas: String(replicas) });
}
