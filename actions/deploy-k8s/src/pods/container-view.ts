import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { countOf, timeIn } from '@slipway/shared/document/values-in';

/** What keeps a container from running, in the words of Kubernetes. */
export interface Waiting {
  /** `ImagePullBackOff`; empty where Kubernetes says none. */
  readonly reason: string;
  readonly message: string;
}

/** A run of a container that is over. */
export interface Ended {
  /** `Error`, `OOMKilled`, `Completed`; empty where Kubernetes says none. */
  readonly reason: string;
  readonly message: string;
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch, by the clock of the node; undefined where it did not start. */
  readonly started: number | undefined;
  readonly finished: number | undefined;
}

/** When the answer of a probe counts, in milliseconds. */
export interface ProbeTimes {
  readonly initialDelay: number;
  readonly period: number;
  readonly timeout: number;
  readonly failures: number;
}

/** One container of a pod: what it is to be, and what it does. */
export interface ContainerView {
  readonly name: string;
  /** An init container that restarts always is a sidecar: it runs beside the others. */
  readonly role: 'app' | 'init' | 'sidecar';
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting: Waiting | undefined;
  /** When the run of now began; undefined while it does not run. */
  readonly running: number | undefined;
  /** The run of now, where it is over. */
  readonly ended: Ended | undefined;
  /** The run before. */
  readonly previous: Ended | undefined;
  /** `256Mi`; undefined where it has none. */
  readonly memoryLimit: string | undefined;
  readonly readiness: ProbeTimes | undefined;
}

/** The containers of a pod in the order in which they start. */
export function containersOf(pod: JsonObject): readonly ContainerView[] {
  const [spec, status] = [objectIn(pod, 'spec'), objectIn(pod, 'status')];
  const read = (list: string, statuses: string, isInit: boolean) =>
    objectsIn(spec, list).map((container) => {
      const name = wordIn(container, 'name');
      const state = objectsIn(status, statuses).find((one) => one['name'] === name) ?? {};
      return containerOf(container, { state, isInit });
    });
  return [
    ...read('initContainers', 'initContainerStatuses', true),
    ...read('containers', 'containerStatuses', false),
  ];
}

function containerOf(
  container: JsonObject,
  { state, isInit }: { state: JsonObject; isInit: boolean },
): ContainerView {
  const now = objectIn(state, 'state');
  const { readinessProbe } = container;
  const staysUp = container['restartPolicy'] === 'Always';
  const { running } = now;
  return {
    name: wordIn(container, 'name'),
    role: isInit ? (staysUp ? 'sidecar' : 'init') : 'app',
    image: textIn(container, 'image')?.slice(0, 500) ?? '',
    ready: state['ready'] === true,
    restarts: countOf(state['restartCount']) ?? 0,
    waiting: now['waiting'] === undefined ? undefined : waitingOf(objectIn(now, 'waiting')),
    running:
      running === undefined ? undefined : (timeIn(objectIn(now, 'running'), 'startedAt') ?? 0),
    ended: endedIn(now),
    previous: endedIn(objectIn(state, 'lastState')),
    memoryLimit: textIn(objectIn(objectIn(container, 'resources'), 'limits'), 'memory'),
    readiness:
      readinessProbe === undefined ? undefined : probeOf(objectIn(container, 'readinessProbe')),
  };
}

function waitingOf(waiting: JsonObject): Waiting {
  return { reason: wordIn(waiting, 'reason'), message: messageIn(waiting) };
}

function endedIn(state: JsonObject): Ended | undefined {
  if (state['terminated'] === undefined) return undefined;
  const ended = objectIn(state, 'terminated');
  return {
    reason: wordIn(ended, 'reason'),
    message: messageIn(ended),
    exitCode: countOf(ended['exitCode']),
    started: timeIn(ended, 'startedAt'),
    finished: timeIn(ended, 'finishedAt'),
  };
}

// What is not set has these values: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
function probeOf(probe: JsonObject): ProbeTimes {
  const seconds = (name: string, otherwise: number) => (countOf(probe[name]) || otherwise) * 1_000;
  return {
    initialDelay: seconds('initialDelaySeconds', 0),
    period: seconds('periodSeconds', 10),
    timeout: seconds('timeoutSeconds', 1),
    failures: countOf(probe['failureThreshold']) || 3,
  };
}

const longestMessage = 4_000;

/** A word of Kubernetes; empty where there is none. */
export function wordIn(object: JsonObject, name: string): string {
  return textIn(object, name)?.slice(0, 253) ?? '';
}

/** The sentence in a `message`; empty where there is none. */
export function messageIn(object: JsonObject): string {
  const text = textIn(object, 'message')?.slice(0, longestMessage) ?? '';
  // What a registry says of its rate limit names the account and a token of it.
  return text.replace(
    /(\btoomanyrequests\b|pull rate limit)[\s\S]*/i,
    '$1 (the registry names the account, which is left out)',
  );
}
