import type { Json, JsonObject } from '@slipway/shared/document/json-object';

/** Second 0 of a test, by the clock of the cluster. */
export const start = Date.UTC(2026, 0, 1, 12);
/** A time of the cluster, in seconds since the test began. */
export const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();

const selector = { matchLabels: { app: 'shop' } };
const controlledBy = (uid: string) => [{ uid, controller: true }];

/** A pod template; each image is another revision. */
export function template(image = 'new', more: JsonObject = {}): JsonObject {
  return {
    metadata: { labels: { app: 'shop' } },
    spec: { containers: [{ name: 'web', image: `shop:${image}` }], ...more },
  };
}

interface Given {
  readonly generation?: number;
  readonly observed?: number;
  readonly image?: string;
  readonly spec?: JsonObject;
  readonly metadata?: JsonObject;
  readonly conditions?: readonly JsonObject[];
}

/** A Deployment; its status is settled unless the test says otherwise. */
export function deployment(
  status: JsonObject = {},
  { conditions = [], generation = 2, image, metadata, observed = generation, spec }: Given = {},
): JsonObject {
  const replicas = spec?.['replicas'] ?? 3;
  return {
    metadata: { uid: 'shop', name: 'shop', namespace: 'test', generation, ...metadata },
    spec: { replicas: 3, selector, template: template(image), ...spec },
    status: {
      observedGeneration: observed,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions,
      ...status,
    },
  };
}

/** The ReplicaSet of a template. */
export function replicaSet(image = 'new', conditions: readonly JsonObject[] = []): JsonObject {
  const made = template(image);
  const labels = { app: 'shop', 'pod-template-hash': image };
  return {
    metadata: {
      uid: `set-${image}`,
      name: `shop-${image}`,
      ownerReferences: controlledBy('shop'),
      creationTimestamp: at(image === 'new' ? 0 : -1_000),
    },
    spec: { template: { ...made, metadata: { labels } } },
    status: { conditions },
  };
}

interface GivenPod {
  readonly owner?: string;
  readonly labels?: JsonObject;
  readonly containers?: readonly JsonObject[];
  readonly inits?: readonly JsonObject[];
  readonly statuses?: readonly JsonObject[];
  readonly initStatuses?: readonly JsonObject[];
  readonly ready?: boolean;
  readonly created?: number;
  readonly going?: number;
  readonly status?: JsonObject;
  readonly node?: string;
  readonly conditions?: readonly JsonObject[];
}

/** A container with a readiness probe. */
const probed = { name: 'web', image: 'shop:new', readinessProbe: { periodSeconds: 5 } };

/** A pod of the new ReplicaSet, which runs and is ready unless the test says otherwise. */
export function pod(name: string, given: GivenPod = {}): JsonObject {
  const { created = 1, going, inits, initStatuses, labels = {}, node = 'node-1' } = given;
  const { owner = 'set-new', statuses = [running()] } = given;
  const ready = given.ready ?? statuses.every((one) => one['ready'] === true);
  const conditions: Json[] = [
    { type: 'Ready', status: ready ? 'True' : 'False' },
    ...(given.conditions ?? []),
  ];
  return {
    metadata: {
      uid: `uid-${name}`,
      name,
      namespace: 'test',
      labels: { app: 'shop', ...labels },
      creationTimestamp: at(created),
      ownerReferences: controlledBy(owner),
      ...(going !== undefined && { deletionTimestamp: at(going) }),
    },
    spec: {
      ...(node !== '' && { nodeName: node }),
      containers: given.containers ?? [probed],
      ...(inits && { initContainers: inits }),
    },
    status: {
      phase: 'Running',
      conditions,
      containerStatuses: statuses,
      ...(initStatuses && { initContainerStatuses: initStatuses }),
      ...given.status,
    },
  };
}

/** A pod of the version before. */
export const oldPod = (name: string, given: GivenPod = {}) =>
  pod(name, { owner: 'set-old', created: -1_000, ...given });

/** The status of a container that runs. */
export function running(more: JsonObject = {}): JsonObject {
  return {
    name: 'web',
    ready: true,
    restartCount: 0,
    state: { running: { startedAt: at(2) } },
    ...more,
  };
}

/** The status of a container that waits. */
export function waiting(reason: string, message = '', more: JsonObject = {}): JsonObject {
  return {
    name: 'web',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, message } },
    ...more,
  };
}

/** A run that is over. */
export function ended(exitCode: number, more: JsonObject = {}): JsonObject {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return { terminated: { exitCode, reason, startedAt: at(2), finishedAt: at(4), ...more } };
}

/** The status of a container that has ended so often. */
export function crashed(
  exits: number,
  run: JsonObject = ended(1),
  more: JsonObject = {},
): JsonObject {
  return exits < 2
    ? { name: 'web', ready: false, restartCount: exits - 1, state: run, ...more }
    : waiting('CrashLoopBackOff', 'back-off 10s restarting failed container', {
        restartCount: exits - 1,
        lastState: run,
        ...more,
      });
}

/** An event about a pod. */
export function event(
  podName: string,
  reason: string,
  message: string,
  more: JsonObject = {},
): JsonObject {
  return {
    metadata: { uid: `event-${podName}-${reason}-${message}` },
    involvedObject: {
      kind: 'Pod',
      uid: `uid-${podName}`,
      name: podName,
      fieldPath: 'spec.containers{web}',
    },
    reason,
    message,
    type: 'Warning',
    count: 1,
    lastTimestamp: at(5),
    ...more,
  };
}
