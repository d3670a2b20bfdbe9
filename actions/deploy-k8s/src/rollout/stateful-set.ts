import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { countOf } from '@slipway/shared/document/values-in';
import { Failure } from '@slipway/shared/failure/failure';
import type { PodView } from '../pods/pod-view.ts';
import { rowOf } from '../verdict/table.ts';
import type { Trouble } from '../verdict/trouble.ts';
import { refusedPods, workloadTrouble } from './refused-pods.ts';
import {
  active,
  type LiveView,
  namesOf,
  type Progress,
  podsOfHash,
  type RolloutKind,
  readyText,
  refusalOf,
  statusCount,
  type WrittenChange,
  wantedReplicas,
} from './rollout-view.ts';

/**
 * How a StatefulSet rolls out: one pod after the other, the one with the highest number first; each has
 * to be ready before the next one.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
 */
export const statefulSetKind: RolloutKind = {
  // One pod that is stuck stops the others.
  oneDecides: true,
  observes: true,
  serves: true,
  mayGo: false,
  progress(view, written) {
    const { workload } = view;
    const hash = textIn(objectIn(workload, 'status'), 'updateRevision');
    if (hash === undefined) {
      const state = { is: 'waiting', text: 'Kubernetes makes the new revision' } as const;
      return { pods: undefined, troubles: [], state };
    }
    const pods = podsOfHash(view.pods, hash);
    const older = active(view.pods).filter((pod) => !pods.includes(pod));
    const troubles = troublesOf(view, { pods, older, written });
    return { pods, troubles, state: stateOf(workload, { pods, older, text: written.text }) };
  },
};

interface Revisions {
  readonly pods: readonly PodView[];
  readonly older: readonly PodView[];
}

function stateOf(
  workload: JsonObject,
  { older, pods, text }: Revisions & { readonly text: string },
): Progress['state'] {
  const replicas = wantedReplicas(workload);
  const spec = objectIn(workload, 'spec');
  const strategy = objectIn(spec, 'updateStrategy');
  const isManual = textIn(strategy, 'type') === 'OnDelete';
  const partition = isManual ? 0 : (countOf(objectIn(strategy, 'rollingUpdate')['partition']) ?? 0);
  const first = (countOf(objectIn(spec, 'ordinals')['start']) ?? 0) + partition;
  const left = older.filter(({ name }) => numberOf(name) >= first);
  if (isManual && left.length > 0) {
    const failure = Failure.of('k8s/on-delete', { workload: text, pods: namesOf(left) });
    return { is: 'failed', failure };
  }
  if (partition >= replicas && replicas > 0 && older.length > 0) {
    const failure = Failure.of('k8s/nothing-rolls', {
      workload: text,
      partition: String(partition),
    });
    return { is: 'failed', failure };
  }
  const wanted = Math.max(0, replicas - partition);
  const ready = active(pods).filter(
    ({ isReady, name }) => isReady && numberOf(name) >= first,
  ).length;
  const available = countOf(objectIn(workload, 'status')['availableReplicas']);
  const isLongEnough = available === undefined || available >= replicas;
  if (ready >= wanted && left.length === 0 && isLongEnough) return { is: 'settled' };
  const waits = ready >= wanted && !isLongEnough ? ', and not long enough yet' : '';
  const old = left.length > 0 ? `, ${left.length} old` : '';
  return { is: 'waiting', text: `${readyText(pods, wanted)}${old}${waits}` };
}

function troublesOf(
  view: LiveView,
  { older, pods, written }: Revisions & { readonly written: WrittenChange },
): readonly Trouble[] {
  const { workload } = view;
  const refusal = refusalOf(view, written);
  const isMissing = active(view.pods).length < wantedReplicas(workload);
  const refused =
    refusal &&
    isMissing &&
    refusedPods({
      workload: written.text,
      reason: refusal.reason,
      said: refusal.message,
      podsGo: view.pods.some(({ isGoing }) => isGoing),
    });
  const isOrdered = textIn(objectIn(workload, 'spec'), 'podManagementPolicy') !== 'Parallel';
  const [stuck] = isOrdered ? older.filter(({ isReady }) => !isReady) : [];
  const row = rowOf('OrderedReady', '');
  const isRolling = statusCount(workload, 'updatedReplicas') < wantedReplicas(workload);
  const held =
    stuck &&
    row &&
    isRolling &&
    active(pods).every(({ isReady }) => isReady) &&
    workloadTrouble(row, {
      reason: 'OrderedReady',
      text: () =>
        `pod ${stuck.name} of the version before is not ready, and Kubernetes waits for it`,
      failure: () => Failure.of('k8s/stuck-pod', { workload: written.text, pod: stuck.name }),
    });
  return [refused, held].filter((one) => one !== undefined && one !== false);
}

/** The number at the end of the name of a pod. */
function numberOf(name: string): number {
  return Number(/-(\d{1,9})$/.exec(name)?.[1] ?? '0');
}
