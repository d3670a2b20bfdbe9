import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { AlreadyThere, type KubernetesApi } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { podTemplateOf } from '../workload/pod-template.ts';
import type { WantedObject, WantedWorkload } from '../workload/prepared.ts';
import { podsOf } from './strategy.ts';

/**
 * Tries the pod that a workload would make: what is against it (Pod Security, quotas, limits, a service
 * account that is missing, webhooks) says so only when a pod is made, long after the workload was taken.
 * @param objects all that is applied with it: what a pod needs of them is not there yet
 * @returns what could not be checked, and what the server warned of, one sentence each
 * @throws Failure why there would be no pod
 */
export async function tryPod(
  api: KubernetesApi,
  workload: WantedWorkload,
  objects: readonly WantedObject[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { name, kind, after } = workload;
  const text = objectText(name);
  const unchecked = (why: string) =>
    `Whether the cluster takes the pods of ${text} is not checked: ${why}`;
  const { namespace } = name;
  const resource = await api.resource({ apiVersion: 'v1', kind: 'Pod' }, signal);
  if (!resource) return [];
  const pod = podOf(podTemplateOf(kind, after), name.name, namespace);
  try {
    const { warnings } = await api.create(
      { in: { resource, namespace }, object: pod, dryRun: true },
      signal,
    );
    return warnings.map((one) => `The API server warns of the pods of ${text}: ${oneLine(one)}.`);
  } catch (error) {
    if (error instanceof AlreadyThere) return [];
    if (!(error instanceof Failure)) throw error;
    const said = messageOf(error);
    if (error.code === 'k8s/denied') return [unchecked(said)];
    if (hasNoDryRun(error)) {
      return [unchecked(`a webhook of the cluster cannot try anything (${oneLine(said)}).`)];
    }
    const missing = objects.find((one) => isNeeded(one, pod));
    if (missing) {
      const kindOf = missing.name.resource.kind;
      return [unchecked(`${kindOf} ${missing.name.name} is made by this run.`)];
    }
    if (error.code === 'k8s/quota' && goesWithout(workload)) {
      return [
        `There is no room in the quota for one more pod of ${text}, so old ones end before new ones begin: ${said}`,
      ];
    }
    throw error.at(`A pod of ${text} was tried`);
  }
}

/** A webhook that has side effects refuses whatever is only tried. */
export function hasNoDryRun(error: unknown): boolean {
  return /does not support dry run/i.test(messageOf(error));
}

function podOf(template: JsonObject, base: string, namespace: string | undefined): JsonObject {
  const { labels, annotations } = objectIn(template, 'metadata');
  const metadata = { generateName: `${base.slice(0, 57)}-`, namespace, labels, annotations };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: objectIn(template, 'spec') };
}

/** Whether a pod needs an object that is not there yet. */
function isNeeded({ live, name }: WantedObject, pod: JsonObject): boolean {
  if (live !== undefined) return false;
  const spec = objectIn(pod, 'spec');
  switch (name.resource.kind) {
    case 'Namespace':
      return textIn(objectIn(pod, 'metadata'), 'namespace') === name.name;
    case 'ServiceAccount':
      return (textIn(spec, 'serviceAccountName') ?? 'default') === name.name;
    case 'PriorityClass':
      return textIn(spec, 'priorityClassName') === name.name;
    case 'RuntimeClass':
      return textIn(spec, 'runtimeClassName') === name.name;
    default:
      return false;
  }
}

/** Whether old pods end before new ones begin, so that there has to be no room for both. */
function goesWithout({ after, kind, live }: WantedWorkload): boolean {
  if (live === undefined) return false;
  if (kind === 'StatefulSet' || kind === 'DaemonSet') return true;
  if (kind !== 'Deployment') return false;
  const spec = objectIn(after, 'spec');
  const strategy = objectIn(spec, 'strategy');
  if (textIn(strategy, 'type') === 'Recreate') return true;
  const replicas = numberOf(spec['replicas']) ?? 1;
  const away = objectIn(strategy, 'rollingUpdate')['maxUnavailable'] ?? '25%';
  return podsOf(away, replicas, Math.floor) > 0;
}
