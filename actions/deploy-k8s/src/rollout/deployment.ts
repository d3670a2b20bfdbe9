import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { countOf } from '@slipway/shared/document/values-in';
import { Failure } from '@slipway/shared/failure/failure';
import { formatDuration } from '@slipway/shared/time/duration';
import { type Condition, conditionsOf, type PodView } from '../pods/pod-view.ts';
import { rowOf, unknownRow } from '../verdict/table.ts';
import type { Trouble } from '../verdict/trouble.ts';
import { refusedPods, workloadTrouble } from './refused-pods.ts';
import {
  active,
  type LiveView,
  type Progress,
  type RolloutKind,
  readyText,
  statusCount,
  type WrittenChange,
  wantedReplicas,
} from './rollout-view.ts';
import { isSame, templateOf } from './template.ts';

/**
 * How a Deployment rolls out: by a ReplicaSet for each pod template.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export const deploymentKind: RolloutKind = {
  oneDecides: false,
  observes: true,
  serves: true,
  mayGo: false,
  progress(view, written) {
    const { workload } = view;
    const own = newReplicaSet(workload, view.revisions);
    const pods = own && view.pods.filter(({ owner }) => owner === uidOf(own));
    const older = active(view.pods).length - active(pods ?? []).length;
    const troubles = [...refusals(view, { own, older, text: written.text })];
    const trouble = givenUp(workload, written);
    const state: Progress['state'] = trouble
      ? { is: 'given-up', trouble }
      : stateOf(view, pods, older);
    return { pods, troubles, state };
  },
};

function stateOf(
  { workload }: LiveView,
  pods: readonly PodView[] | undefined,
  older: number,
): Progress['state'] {
  const wanted = wantedReplicas(workload);
  if (!pods) return { is: 'waiting', text: 'Kubernetes makes the new revision' };
  const updated = statusCount(workload, 'updatedReplicas');
  const all = statusCount(workload, 'replicas');
  const available = statusCount(workload, 'availableReplicas');
  const ready = active(pods).filter(({ isReady }) => isReady).length;
  const isDone =
    updated >= wanted && all <= updated && available >= updated && ready >= wanted && older === 0;
  if (isDone) return { is: 'settled' };
  const old = older > 0 ? `, ${older} old` : '';
  const waits = ready >= wanted && available < wanted ? ', and not long enough yet' : '';
  return { is: 'waiting', text: `${readyText(pods, wanted)}${old}${waits}` };
}

/** The ReplicaSet of the template that the Deployment has now; the oldest, where there are several. */
function newReplicaSet(
  deployment: JsonObject,
  sets: readonly JsonObject[],
): JsonObject | undefined {
  const template = templateOf(deployment);
  const created = (set: JsonObject) => textIn(objectIn(set, 'metadata'), 'creationTimestamp') ?? '';
  return sets
    .filter((set) => isSame(templateOf(set), template))
    .sort((a, b) => (created(a) < created(b) ? -1 : 1))[0];
}

// A refusal of pods of an older ReplicaSet is copied to the Deployment, and none of ours.
function refusals(
  view: LiveView,
  { older, own, text }: { own: JsonObject | undefined; older: number; text: string },
): readonly Trouble[] {
  const failed =
    own &&
    conditionsOf(own).find(({ status, type }) => type === 'ReplicaFailure' && status === 'True');
  const podsGo =
    view.pods.some(({ isGoing }) => isGoing) || (older > 0 && letsPodsGo(view.workload));
  const made = conditionsOf(view.workload).find(({ reason }) => reason === 'ReplicaSetCreateError');
  return [failed, own ? undefined : made]
    .filter((one) => one !== undefined)
    .map(({ message, reason }) =>
      refusedPods({ workload: text, reason: reason || 'FailedCreate', said: message, podsGo }),
    );
}

/** Whether old pods go before new ones are ready. */
function letsPodsGo(deployment: JsonObject): boolean {
  const strategy = objectIn(objectIn(deployment, 'spec'), 'strategy');
  if (textIn(strategy, 'type') === 'Recreate') return true;
  const { maxUnavailable } = objectIn(strategy, 'rollingUpdate');
  const percent = typeof maxUnavailable === 'string' ? Number.parseInt(maxUnavailable, 10) : 0;
  const share = Math.floor((wantedReplicas(deployment) * percent) / 100);
  return (countOf(maxUnavailable) ?? share) > 0;
}

// The condition of the rollout before stays until this one makes progress.
function givenUp(workload: JsonObject, { object, text }: WrittenChange): Trouble | undefined {
  const now = deadlineExceeded(workload);
  const before = deadlineExceeded(object);
  if (!now || (before && before.updated === now.updated)) return undefined;
  const { reason } = now;
  const seconds = countOf(objectIn(workload, 'spec')['progressDeadlineSeconds']) ?? 600;
  return workloadTrouble(rowOf(reason, '') ?? unknownRow(reason, 'workload'), {
    reason,
    text: () => 'Kubernetes has given it up',
    failure: () =>
      Failure.of('k8s/progress-deadline', {
        workload: text,
        limit: formatDuration(seconds * 1_000),
        why: '',
      }),
  });
}

function deadlineExceeded(deployment: JsonObject): Condition | undefined {
  return conditionsOf(deployment).find(
    ({ reason, type }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  );
}

function uidOf(object: JsonObject): string | undefined {
  return textIn(objectIn(object, 'metadata'), 'uid');
}
