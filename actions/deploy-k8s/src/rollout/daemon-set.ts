import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { countOf } from '@slipway/shared/document/values-in';
import { Failure } from '@slipway/shared/failure/failure';
import type { PodView } from '../pods/pod-view.ts';
import { refusedPods } from './refused-pods.ts';
import {
  active,
  type LiveView,
  namesOf,
  type Progress,
  podsOfHash,
  type RolloutKind,
  refusalOf,
  statusCount,
  type WrittenChange,
} from './rollout-view.ts';
import { isSame, templateOf } from './template.ts';

/**
 * How a DaemonSet rolls out: a pod on each node, replaced node by node.
 * Source: https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 */
export const daemonSetKind: RolloutKind = {
  oneDecides: false,
  observes: true,
  serves: true,
  mayGo: false,
  progress(view, written) {
    const hash = newHash(view, written);
    if (hash === undefined) {
      const state = { is: 'waiting', text: 'Kubernetes makes the new revision' } as const;
      return { pods: undefined, troubles: [], state };
    }
    const pods = podsOfHash(view.pods, hash);
    const refusal = refusalOf(view, written);
    const desired = statusCount(view.workload, 'desiredNumberScheduled');
    const troubles =
      refusal && active(view.pods).length < desired
        ? [
            refusedPods({
              workload: written.text,
              reason: refusal.reason,
              said: refusal.message,
              podsGo: view.pods.some(({ isGoing }) => isGoing),
            }),
          ]
        : [];
    return { pods, troubles, state: stateOf(view, pods, written) };
  },
};

function stateOf(
  view: LiveView,
  pods: readonly PodView[],
  { text }: WrittenChange,
): Progress['state'] {
  const { workload } = view;
  const older = active(view.pods).filter((pod) => !pods.includes(pod));
  const strategy = objectIn(objectIn(workload, 'spec'), 'updateStrategy');
  if (textIn(strategy, 'type') === 'OnDelete' && older.length > 0) {
    return {
      is: 'failed',
      failure: Failure.of('k8s/on-delete', { workload: text, pods: namesOf(older) }),
    };
  }
  // A node that does not answer is in all counts, and its pods get neither ready nor away.
  const lost = new Set(view.pods.filter((pod) => isLost(pod, view)).map(({ node }) => node));
  const desired = statusCount(workload, 'desiredNumberScheduled');
  const wanted = Math.max(0, desired - lost.size);
  const there = active(pods).filter(({ node }) => !lost.has(node));
  const ready = there.filter(({ isReady }) => isReady).length;
  const without =
    lost.size > 0 ? `, without ${[...lost].slice(0, 3).join(', ')}, which does not answer` : '';
  const isDone =
    statusCount(workload, 'updatedNumberScheduled') >= wanted &&
    statusCount(workload, 'numberAvailable') >= wanted &&
    ready >= wanted &&
    older.every(({ node }) => lost.has(node)) &&
    (wanted > 0 || desired === 0);
  if (isDone) return { is: 'settled' };
  return {
    is: 'waiting',
    text: `${ready} of ${wanted} nodes have a new pod that is ready${without}`,
  };
}

/** So long after its time a pod that goes is not going any more, in milliseconds. */
const overdue = 30_000;

function isLost({ deleted, isReady, uid }: PodView, { events, serverNow }: LiveView): boolean {
  if (deleted !== undefined) return serverNow > deleted + overdue;
  const last = events.get(uid)?.find(({ reason }) => reason === 'NodeNotReady');
  return last !== undefined && !isReady;
}

/** So long the newest revision may be that of the version before, in milliseconds. */
const lag = 10_000;

/** The label of the pods of the new revision: the status of a DaemonSet does not tell it. */
function newHash(
  { revisions, serverNow, workload }: LiveView,
  { time }: WrittenChange,
): string | undefined {
  const numberOf = (one: JsonObject) => countOf(one['revision']) ?? 0;
  const [newest] = [...revisions].sort((a, b) => numberOf(b) - numberOf(a));
  if (!newest) return undefined;
  const { $patch: _, ...kept } = objectIn(objectIn(objectIn(newest, 'data'), 'spec'), 'template');
  const isNew = isSame(templateOf({ spec: { template: kept } }), templateOf(workload));
  if (!isNew && serverNow - time < lag) return undefined;
  return textIn(objectIn(objectIn(newest, 'metadata'), 'labels'), 'controller-revision-hash');
}
