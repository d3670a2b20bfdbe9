import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { timeIn } from '@slipway/shared/document/values-in';
import { type ContainerView, containersOf, messageIn, wordIn } from './container-view.ts';

/** A condition of a pod or of a workload. */
export interface Condition {
  readonly type: string;
  /** `True`, `False`, `Unknown` */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When it last changed or was last confirmed; empty where it is not said. */
  readonly updated: string;
}

/** A pod, as far as a rollout has to do with it. */
export interface PodView {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Empty while it has none. */
  readonly node: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown` */
  readonly phase: string;
  /** Why its node or its cluster ended it: `Evicted`; empty for most. */
  readonly reason: string;
  readonly message: string;
  /** It is being deleted, and counts no more. */
  readonly isGoing: boolean;
  /** It is over: its controller makes another one. */
  readonly isOver: boolean;
  readonly isReady: boolean;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly created: number | undefined;
  /** When it should be gone at the latest. */
  readonly deleted: number | undefined;
  readonly labels: JsonObject;
  /** uid of what controls it. */
  readonly owner: string | undefined;
  readonly conditions: readonly Condition[];
  readonly containers: readonly ContainerView[];
  /** As the server has it. */
  readonly object: JsonObject;
}

// An object that has changed is another one.
const read = new WeakMap<JsonObject, PodView>();

/** Reads a pod; each state of it once. */
export function podView(pod: JsonObject): PodView {
  const known = read.get(pod);
  if (known) return known;
  const [metadata, status] = [objectIn(pod, 'metadata'), objectIn(pod, 'status')];
  const conditions = conditionsOf(pod);
  const phase = wordIn(status, 'phase');
  const view: PodView = {
    uid: wordIn(metadata, 'uid'),
    name: wordIn(metadata, 'name'),
    namespace: wordIn(metadata, 'namespace'),
    node: wordIn(objectIn(pod, 'spec'), 'nodeName'),
    phase,
    reason: wordIn(status, 'reason'),
    message: messageIn(status),
    isGoing: metadata['deletionTimestamp'] !== undefined,
    isOver: phase === 'Failed' || phase === 'Succeeded',
    isReady: conditions.some(({ status: is, type }) => type === 'Ready' && is === 'True'),
    created: timeIn(metadata, 'creationTimestamp'),
    deleted: timeIn(metadata, 'deletionTimestamp'),
    labels: objectIn(metadata, 'labels'),
    owner: ownerOf(pod),
    conditions,
    containers: containersOf(pod),
    object: pod,
  };
  read.set(pod, view);
  return view;
}

/** The conditions in the status of an object. */
export function conditionsOf(object: JsonObject): readonly Condition[] {
  return objectsIn(objectIn(object, 'status'), 'conditions').map((one) => ({
    type: wordIn(one, 'type'),
    status: wordIn(one, 'status'),
    reason: wordIn(one, 'reason'),
    message: messageIn(one),
    updated: textIn(one, 'lastUpdateTime') ?? textIn(one, 'lastTransitionTime') ?? '',
  }));
}

/** uid of what controls an object. */
export function ownerOf(object: JsonObject): string | undefined {
  const owners = objectsIn(objectIn(object, 'metadata'), 'ownerReferences');
  const controller = owners.find((one) => one['controller'] === true);
  return controller && textIn(controller, 'uid');
}
