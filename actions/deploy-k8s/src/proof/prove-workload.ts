import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import { atAddress, type Health, proveHealth } from '@slipway/shared/deploy/health';
import type { Direction, Proof } from '@slipway/shared/deploy/target';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { Clock } from '@slipway/shared/time/clock';
import type { Backend, KubernetesApi } from '../api/kubernetes-api.ts';
import { podView } from '../pods/pod-view.ts';
import type { Settings } from '../settings.ts';
import { type HealthPort, healthPort } from './health-port.ts';
import { servicesOf } from './services.ts';

/** What is proven, and with what. */
export interface ProofOf {
  api: KubernetesApi;
  clock: Clock;
  fetch: Fetch;
  settings: Pick<
    Settings,
    | 'replicas'
    | 'health-path'
    | 'health-url'
    | 'health-port'
    | 'health-status'
    | 'health-threshold'
    | 'expect'
  >;
  namespace: string;
  /** `Deployment` */
  kind: string;
  /** For people: `deployment/shop` */
  workload: string;
  container: string;
  /** The pods of the revision, as they are now. */
  pods(): readonly JsonObject[];
}

const atOnce = 10;

/**
 * Proves a revision: each of its pods answers, then its Services, then the address outside. A pod
 * that comes meanwhile is asked too.
 * @throws Failure `k8s/no-pods` where none is ready; `deploy/unproven` when the time is up
 */
export async function proveWorkload(
  o: ProofOf,
  direction: Direction,
  signal: AbortSignal,
): Promise<Proof> {
  const { settings } = o;
  const path = settings['health-path'];
  const pods = o.pods().filter((pod) => podView(pod).isReady);
  const without = withoutPods(o);
  if (without !== undefined) return { url: '', how: without };
  if (pods.length === 0) throw Failure.of('k8s/no-pods', { workload: o.workload });
  const inside =
    path === undefined
      ? `by Kubernetes, with ${counted(pods.length)} ready`
      : await proveInside(o, path, direction, signal);
  if (!settings['health-url']) return { url: '', how: inside };
  const at = atAddress(settings['health-url'], o.fetch);
  const { how, url } = await proveHealth(
    at,
    health(o, settings['health-threshold']),
    direction,
    signal,
  );
  return { url, how: `${inside}, and ${how}` };
}

// A job has ended when it is proven, a cron job has not begun, and no pod may be just what was asked for.
function withoutPods({ kind, settings, workload }: ProofOf): string | undefined {
  if (kind === 'Job') return `by Kubernetes, which has seen ${workload} complete`;
  if (kind === 'CronJob')
    return `by Kubernetes, which has stored ${workload}; it runs when it is due`;
  return settings.replicas === 0 ? 'by nothing, as no pod was asked for' : undefined;
}

async function proveInside(
  o: ProofOf,
  path: string,
  direction: Direction,
  signal: AbortSignal,
): Promise<string> {
  const { api, container, namespace, settings, workload } = o;
  const [first] = o.pods();
  const port = first && portOf(first, container, settings['health-port']);
  if (!port) throw Failure.of('k8s/no-port', { workload, container });
  const to = { namespace, scheme: port.scheme, path };
  const proven = new Set<string>();
  for (;;) {
    const left = o
      .pods()
      .map(nameOf)
      .filter((name) => !proven.has(name));
    if (left.length === 0) break;
    const [problem] = await eachLimited(left, { limit: atOnce, whatever: false }, async (name) => {
      const backend: Backend = { ...to, kind: 'pods', name, port: String(port.number) };
      if (await askPod(o, backend, direction, signal)) proven.add(name);
    });
    if (problem) throw problem.error;
  }
  const labels = objectIn(objectIn(first, 'metadata'), 'labels');
  const services = await servicesOf(api, { namespace, labels, port }, signal);
  for (const { port: servicePort, service } of services) {
    const backend: Backend = { ...to, kind: 'services', name: service, port: servicePort };
    await ask(o, backend, { threshold: settings['health-threshold'], direction }, signal);
  }
  const names = services.map(({ service }) => `service/${service}`);
  return `by ${[counted(proven.size), ...names].join(' and ')} answering at ${path}`;
}

/** @returns false for a pod that went away meanwhile, such as one that was replaced */
async function askPod(
  o: ProofOf,
  backend: Backend,
  direction: Direction,
  signal: AbortSignal,
): Promise<boolean> {
  const gone = new AbortController();
  const api = {
    ask: (at: Backend, within: AbortSignal) => {
      if (!o.pods().some((pod) => nameOf(pod) === at.name)) gone.abort();
      return o.api.ask(at, within);
    },
  };
  try {
    const within = AbortSignal.any([signal, gone.signal]);
    await ask({ ...o, api }, backend, { threshold: 1, direction }, within);
    return true;
  } catch (error) {
    if (gone.signal.aborted && !signal.aborted) return false;
    throw error;
  }
}

async function ask(
  o: Pick<ProofOf, 'clock' | 'settings'> & { api: Pick<KubernetesApi, 'ask'> },
  backend: Backend,
  { direction, threshold }: { direction: Direction; threshold: number },
  signal: AbortSignal,
): Promise<void> {
  const at = {
    address: `${backend.kind === 'pods' ? 'pod' : 'service'}/${backend.name}:${backend.port}${backend.path}`,
    url: '',
    ask: (within: AbortSignal) => o.api.ask(backend, within),
  };
  await proveHealth(at, health(o, threshold), direction, signal);
}

function health(
  { clock, settings }: Pick<ProofOf, 'clock' | 'settings'>,
  threshold: number,
): Health {
  const { expect, 'health-status': status } = settings;
  return { expected: { status, ...(expect !== undefined && { text: expect }) }, threshold, clock };
}

function portOf(
  pod: JsonObject,
  container: string,
  asked: string | undefined,
): HealthPort | undefined {
  const containers = objectsIn(objectIn(pod, 'spec'), 'containers');
  const found = containers.find((one) => textIn(one, 'name') === container) ?? containers[0];
  return found && healthPort(found, asked);
}

function nameOf(pod: JsonObject): string {
  return textIn(objectIn(pod, 'metadata'), 'name') ?? '';
}

function counted(pods: number): string {
  return pods === 1 ? '1 pod' : `${pods} pods`;
}
