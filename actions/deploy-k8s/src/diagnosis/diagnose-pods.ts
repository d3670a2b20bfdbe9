import { Findings } from '@slipway/shared/deploy/findings';
import { lastLines, mostLogLines } from '@slipway/shared/deploy/log-lines';
import type { Evidence } from '@slipway/shared/deploy/target';
import { objectIn, textIn } from '@slipway/shared/document/json-object';
import type { Clock } from '@slipway/shared/time/clock';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import type { ContainerView } from '../pods/container-view.ts';
import type { EventView } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import type { Trouble } from '../verdict/trouble.ts';
import { containerFact, eventFacts, podsFact, troubleFacts } from './facts.ts';

/** What a diagnosis knows, and what it asks with. */
export interface DiagnosedPods {
  readonly api: Pick<KubernetesApi, 'get' | 'logLines'>;
  readonly clock: Clock;
  /** For people: `deployment/shop` */
  readonly workload: string;
  /** Of the new revision. */
  readonly pods: readonly PodView[];
  /** The worst first. */
  readonly troubles: readonly Trouble[];
  /** About them and the workload. */
  readonly events: readonly EventView[];
}

const mostContainers = 6;
const mostLogs = 3;

/**
 * Finds out why a rollout does not get on: what is against it, grouped; the states of containers, their
 * last log lines, the events. Reads only, and never throws for a thing that cannot be read.
 */
export async function diagnosePods(o: DiagnosedPods, signal: AbortSignal): Promise<Evidence> {
  const { clock, events, pods, troubles, workload } = o;
  const found = new Findings(clock, signal);
  found.fact(podsFact(workload, pods), ...troubleFacts(troubles));
  const ill = illContainers(o);
  found.fact(...ill.slice(0, mostContainers).map((one) => containerFact(one.container, one.pod)));
  await Promise.all(
    ill
      .filter(hasRun)
      .slice(0, mostLogs)
      .map((one) => readLog(o, one, found)),
  );
  found.fact(...eventFacts(events));
  const likely = troubles[0]?.failure();
  return { ...found.evidence, ...(likely && { likely }) };
}

interface Placed {
  readonly pod: PodView;
  readonly container: ContainerView;
}

/** Containers that may tell why, one of each kind: those with a trouble first, then those that are not ready. */
function illContainers({ pods, troubles }: DiagnosedPods): readonly Placed[] {
  const withTrouble = troubles.flatMap(({ container: name, pod }) => {
    const container = pod?.containers.find((one) => one.name === name);
    return pod && container ? [{ pod, container }] : [];
  });
  const unready = pods
    .filter(({ isGoing, isReady }) => !isReady && !isGoing)
    .flatMap((pod) =>
      pod.containers
        .filter(({ ended, ready, role }) => !ready && !(role === 'init' && ended?.exitCode === 0))
        .map((container) => ({ pod, container })),
    );
  const known = new Set<string>();
  return [...withTrouble, ...unready].filter(({ container: { name } }) => {
    const isNew = !known.has(name);
    known.add(name);
    return isNew;
  });
}

function hasRun({ container: { ended, previous, running } }: Placed): boolean {
  return running !== undefined || ended !== undefined || previous !== undefined;
}

async function readLog(
  o: DiagnosedPods,
  { container, pod }: Placed,
  found: Findings,
): Promise<void> {
  const { api } = o;
  const source = { namespace: pod.namespace, pod: pod.name, container: container.name };
  // The run of now says nothing of why the one before ended.
  const order =
    container.running !== undefined && container.previous ? [true, false] : [false, true];
  const title = `${container.name} of ${pod.name}`;
  const lines = await found.find(`the log of ${title}`, async (within) => {
    for (const previous of order) {
      const some = await api.logLines({ ...source, previous, most: mostLogLines }, within);
      if (some && some.length > 0) return { some: lastLines(some), previous };
    }
    return { some: [], previous: false };
  });
  if (!lines) return;
  if (lines.some.length === 0) found.fact(`${title} has written nothing to its log`);
  const run = lines.previous && container.running !== undefined ? ' (the run before)' : '';
  found.log(`${title}${run}`, lines.some);
  if (lines.some.some((line) => /exec format error/i.test(line))) {
    await tellCpu(o, pod, found);
  }
}

async function tellCpu({ api }: DiagnosedPods, { node }: PodView, found: Findings): Promise<void> {
  const object = await found.find(`the CPU of node ${node}`, (within) =>
    api.get({ resource: nodes, namespace: undefined, name: node }, within),
  );
  const labels = objectIn(objectIn(object ?? {}, 'metadata'), 'labels');
  const cpu = textIn(labels, 'kubernetes.io/arch');
  if (cpu)
    found.fact(`node ${node} has the CPU ${cpu}, and the program in the image is for another one`);
}

const nodes = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', isNamespaced: false };
