import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutState } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { systemClock } from '@slipway/shared/time/clock';
import { type Behaviour, pushApp } from '../../../../packages/local-cloud/src/app-image.ts';
import {
  type Kubernetes,
  startKubernetes,
} from '../../../../packages/local-cloud/src/kubernetes/kubernetes.ts';
import type { KubernetesApi, ObjectName } from '../../src/api/kubernetes-api.ts';
import { openKubernetes } from '../../src/api/open-kubernetes.ts';
import { podView } from '../../src/pods/pod-view.ts';
import { followRollout } from '../../src/rollout/follow-rollout.ts';
import type { RolloutWatch } from '../../src/rollout/rollout-watch.ts';
import type { Rules } from '../../src/verdict/trouble.ts';

/** A real cluster, an image that it pulls, and the calls of the action to it. */
export interface RolloutCluster extends AsyncDisposable {
  kubernetes: Kubernetes;
  api: KubernetesApi;
  /** The image of a version, which is pushed with the first call. */
  image(behaviour?: Behaviour): Promise<string>;
}

export async function startRolloutCluster(): Promise<RolloutCluster> {
  const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';
  const images = new Map<Behaviour, Promise<string>>();
  const kubernetes = await startKubernetes();
  const { api } = await openKubernetes(
    {
      kubeconfig: kubernetes.kubeconfig,
      'kube-context': undefined,
      cluster: undefined,
      'cluster-ca': undefined,
      'oidc-audience': undefined,
      'aws-role': undefined,
      'azure-client-id': undefined,
      'azure-tenant-id': undefined,
      'google-workload-identity-provider': undefined,
      'google-service-account': undefined,
    },
    { env: {}, commands: { mask: () => undefined, info: () => undefined } },
    systemClock,
  );
  return {
    kubernetes,
    api,
    image(behaviour = 'good') {
      const known = images.get(behaviour) ?? pushApp(registry, `watch-${behaviour}`, behaviour);
      images.set(behaviour, known);
      return known;
    },
    [Symbol.asyncDispose]: () => kubernetes[Symbol.asyncDispose](),
  };
}

/** What is asked of a workload of a test. */
export interface Wanted {
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';
  readonly namespace: string;
  readonly image: string;
  readonly container?: JsonObject;
  readonly pod?: JsonObject;
  readonly spec?: JsonObject;
}

const plurals = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
  Job: 'jobs',
} as const;

export function nameOf({ kind = 'Deployment', namespace }: Wanted): ObjectName {
  const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
  const resource = { apiVersion, kind, plural: plurals[kind], isNamespaced: true };
  return { resource, namespace, name: 'shop' };
}

/** A workload with one container `web`. */
export function workload(wanted: Wanted): JsonObject {
  const { container, image, kind = 'Deployment', namespace, pod, spec } = wanted;
  const labels = { app: 'shop' };
  const serves = kind === 'Deployment' || kind === 'StatefulSet';
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name: 'shop', namespace },
    spec: {
      ...(serves && { replicas: 2 }),
      ...(kind !== 'Job' && { selector: { matchLabels: labels } }),
      ...(kind === 'StatefulSet' && { serviceName: 'shop' }),
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'web', image, ...container }],
          ...pod,
        },
      },
      ...spec,
    },
  };
}

/** How a rollout went, by a clock that started when it was written. */
export interface Went {
  readonly state: RolloutState;
  /** Milliseconds from when anybody could know it to the verdict; undefined where nobody could. */
  readonly late: number | undefined;
  readonly lines: readonly string[];
  readonly facts: readonly string[];
  readonly logs: readonly string[];
}

/** Writes a workload and looks until there is a verdict. */
export async function roll(
  { api, kubernetes }: RolloutCluster,
  wanted: Wanted,
  o: {
    readonly rules?: Partial<Rules>;
    /** Whether what the cluster has by now tells how it ends. */
    readonly knowable?: (seen: Seen) => boolean;
    /** What somebody does once it is followed. */
    readonly meanwhile?: () => Promise<unknown>;
  } = {},
): Promise<Went> {
  const { knowable = () => false, meanwhile, rules } = o;
  const signal = AbortSignal.timeout(150_000);
  const over = new AbortController();
  const { object } = await api.apply({ name: nameOf(wanted), object: workload(wanted) }, signal);
  await using watch = await followRollout(
    {
      api,
      clock: systemClock,
      name: nameOf(wanted),
      written: object,
      rules: { fatal: [], tolerated: [], ...rules },
      say: () => undefined,
    },
    signal,
  );
  const known = firstTime(kubernetes, wanted, { knowable, signal: over.signal });
  const lines: string[] = [];
  await meanwhile?.();
  const state = await verdict(watch, lines, signal);
  const now = Date.now();
  over.abort();
  const at = await known;
  const { facts, logs } = await watch.diagnose(signal);
  return {
    state,
    late: at === undefined ? undefined : now - at,
    lines,
    facts,
    logs: logs.flatMap((log) => log.lines),
  };
}

async function verdict(
  watch: RolloutWatch,
  lines: string[],
  signal: AbortSignal,
): Promise<RolloutState> {
  for (;;) {
    signal.throwIfAborted();
    const state = watch.look();
    if (state.state !== 'progress') return state;
    if (state.text !== lines.at(-1)) lines.push(state.text);
    await sleep(250, undefined, { signal });
  }
}

/** What a cluster has of a workload, as kubectl shows it. */
export interface Seen {
  readonly pods: readonly string[];
  readonly events: readonly string[];
  readonly workload: string;
  readonly sets: readonly string[];
}

/** Asks the cluster itself, as somebody else who looks at it would. @returns when it was knowable */
async function firstTime(
  { ask }: Kubernetes,
  wanted: Wanted,
  { knowable, signal }: { knowable: (seen: Seen) => boolean; signal: AbortSignal },
): Promise<number | undefined> {
  const { resource, namespace } = nameOf(wanted);
  const items = async (path: string) => {
    const { body } = await ask('GET', path);
    const list: { items?: unknown[] } = JSON.parse(body);
    return (list.items ?? []).map((item) => JSON.stringify(item));
  };
  const group = resource.apiVersion === 'batch/v1' ? 'batch/v1' : 'apps/v1';
  for (;;) {
    const [pods, events, sets, own] = await Promise.all([
      items(`/api/v1/namespaces/${namespace}/pods`),
      items(`/api/v1/namespaces/${namespace}/events`),
      items(`/apis/apps/v1/namespaces/${namespace}/replicasets`),
      ask('GET', `/apis/${group}/namespaces/${namespace}/${resource.plural}/shop`),
    ]);
    if (knowable({ pods, events, sets, workload: own.body })) return Date.now();
    // What was there at the verdict is seen once more.
    if (signal.aborted) return undefined;
    await sleep(150, undefined, { signal }).catch(() => undefined);
  }
}

/** The code of a failure, or the state. */
export function codeOf({ state }: Went): string {
  return state.state === 'failed' ? state.failure.code : state.state;
}

/** The sentence of a failure. */
export function messageOf({ state }: Went): string {
  if (state.state === 'failed') return state.failure.message;
  throw new Error(`not failed, but ${state.state}`);
}

/** Whether a container of any pod has ended so often. */
export function hasEnded(times: number, container = 'web') {
  return ({ pods }: Seen): boolean =>
    pods.some((text) => {
      const pod: JsonObject = JSON.parse(text);
      return podView(pod).containers.some(
        ({ ended, name, restarts, waiting }) =>
          name === container &&
          restarts + (ended || waiting?.reason === 'CrashLoopBackOff' ? 1 : 0) >= times,
      );
    });
}
