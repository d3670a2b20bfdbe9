import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { KubernetesApi, ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { jobLabel, jobLabelOf } from '../change/job.ts';
import {
  apiVersionOf,
  type WorkloadKind,
  type WorkloadName,
  workloadKinds,
  workloadText,
} from '../workload/workload-name.ts';
import { type Located, locate } from './locate.ts';
import type { Preparation } from './preparation.ts';

/** The workload that is deployed, and what else is given. */
export interface FoundWorkload {
  readonly kind: WorkloadKind;
  readonly name: ObjectName;
  /** In the manifests; undefined where only inputs change what runs. */
  readonly given: Located | undefined;
  readonly live: JsonObject | undefined;
  /** All objects of the manifests, the workload included. */
  readonly located: readonly Located[];
}

/**
 * Finds the workload that inputs and manifests mean.
 * @throws Failure `k8s/workload-ambiguous`, `k8s/workload-not-found`, `k8s/kind-unknown`,
 *   `k8s/namespace`
 */
export async function findWorkload(o: Preparation, signal: AbortSignal): Promise<FoundWorkload> {
  const { api, manifests = [], namespace, settings } = o;
  const home = { namespace, isOnlyOne: settings.namespace !== undefined };
  const located = await locate(api, manifests, home, signal);
  const all = located.flatMap((one) => {
    const kind = workloadKindOf(one.name);
    return kind === undefined ? [] : [{ ...one, kind }];
  });
  const wanted = settings.workload;
  const given = all.filter(
    ({ kind, name }) => wanted === undefined || (kind === wanted.kind && name.name === wanted.name),
  );
  const [found, ...others] = given;
  if (found && others.length === 0) {
    const live = await api.get(found.name, signal);
    return { kind: found.kind, name: found.name, given: found, live, located };
  }
  if (found || wanted === undefined) {
    const has = given.map(({ name }) => textOf(name)).join(', ') || 'none in manifests';
    throw Failure.of('k8s/workload-ambiguous', { has });
  }
  return running(o, { wanted, located, has: all.map(({ name }) => textOf(name)) }, signal);
}

/** The workload of a name that runs already. */
async function running(
  { api, namespace }: Preparation,
  { wanted, located, has }: { wanted: WorkloadName; located: readonly Located[]; has: string[] },
  signal: AbortSignal,
): Promise<FoundWorkload> {
  const { kind } = wanted;
  const resource = await api.resource({ apiVersion: apiVersionOf(kind), kind }, signal);
  const name = resource && { resource, namespace, name: wanted.name };
  const live =
    name &&
    ((kind === 'Job' && (await newestJob(api, name, signal))) || (await api.get(name, signal)));
  if (!live) {
    const given =
      located.length === 0 ? '' : `, and manifests have ${has.join(', ') || 'no workload'}`;
    const workload = workloadText(wanted);
    throw Failure.of('k8s/workload-not-found', {
      workload,
      namespace,
      server: api.server,
      given,
    });
  }
  return { kind, name, given: undefined, live, located };
}

/** The last one of the Jobs that earlier releases have made of one. */
async function newestJob(
  api: KubernetesApi,
  { resource, namespace, name }: ObjectName,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const jobs = await api.list(
    { resource, namespace, labels: `${jobLabel}=${jobLabelOf(name)}` },
    signal,
  );
  const age = (job: JsonObject) => textIn(objectIn(job, 'metadata'), 'creationTimestamp') ?? '';
  return [...jobs].sort((a, b) => (age(a) < age(b) ? -1 : 1)).at(-1);
}

/** The kind of a workload; undefined for what is none, such as a Deployment of another group. */
export function workloadKindOf({ resource }: ObjectName): WorkloadKind | undefined {
  return workloadKinds.find(
    (kind) => kind === resource.kind && apiVersionOf(kind) === resource.apiVersion,
  );
}

/** `deployment/shop in shop` */
function textOf(name: ObjectName): string {
  const { namespace } = name;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${objectText(name)}${where}`;
}
