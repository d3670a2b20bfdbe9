import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { fieldManager, type ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { withSameImage } from '../change/image.ts';
import { hasFailed, jobAgain, releaseJob } from '../change/job.ts';
import { checkReplicas, leftToAutoscaler, scales } from '../change/replicas.ts';
import { secretObject } from '../change/secret-object.ts';
import { withVariableForms } from '../change/variable-forms.ts';
import { withInputs } from '../change/with-inputs.ts';
import { appliedFields, valuesOf } from '../way-back/owned-fields.ts';
import { adopted } from '../workload/adopt.ts';
import { type ContainerAt, podTemplateOf } from '../workload/pod-template.ts';
import { applicable } from './applicable.ts';
import type { Autoscalers } from './autoscalers.ts';
import type { Wish } from './dry-run.ts';
import { type FoundWorkload, workloadKindOf } from './find-workload.ts';
import type { Preparation } from './preparation.ts';
import { mayTake } from './take-over.ts';

/** What the workload gets. */
export interface MainChange {
  readonly container: string;
  /** By digest. */
  readonly image: string;
  readonly autoscalers: Autoscalers;
}

/** Everything that is to be applied, in no order yet; the workload itself is `main`. */
export interface Wishes {
  readonly main: Wish;
  readonly others: readonly Wish[];
}

/**
 * What is to be applied: the objects of the manifests, with what inputs change of the workload.
 * @throws Failure `k8s/autoscaled`, `k8s/variable-form`
 */
export async function makeWishes(
  o: Preparation,
  found: FoundWorkload,
  change: MainChange,
  signal: AbortSignal,
): Promise<Wishes> {
  const { kind, name, given, live } = found;
  const { env = new Map(), secrets = new Map() } = o.settings;
  const secret = secrets.size > 0 ? await secretWish(o, found, secrets, signal) : undefined;
  const source = given?.object ?? live ?? {};
  const variables = { env, secrets: secrets.keys(), secret: secret?.name.name ?? '' };
  const base = given?.object ?? (kind === 'Job' ? jobAgain(source) : appliedBefore(source));
  const changed = withInputs(
    kind,
    { applied: applicable(base, name), source },
    { container: change.container, image: change.image, variables, replicas: o.settings.replicas },
  );
  const images = withSameImage(podTemplateOf(kind, source), change.container);
  const named = [
    ...images.map((at) => `${pathOf(at)}.image`),
    ...[...env.keys(), ...secrets.keys()].map(
      (key) => `${pathOf({ list: 'containers', name: change.container })}.env[name="${key}"].value`,
    ),
  ];
  const wish = wishFor(o, { name, object: changed, live, isServed: true }, named);
  const main = await finished(o, wish, change, signal);
  return {
    main,
    others: [...(await othersOf(o, found, change, signal)), ...(secret ? [secret] : [])],
  };
}

/** What earlier runs have applied: an apply without it would take it away. */
function appliedBefore(live: JsonObject): JsonObject {
  const fields = appliedFields(live, fieldManager);
  return Object.keys(fields).length === 0 ? {} : valuesOf(live, fields);
}

/** A wish with what its kind needs: a Job its own name, what an autoscaler scales no number. */
async function finished(
  o: Preparation,
  wish: Wish,
  { autoscalers }: MainChange,
  signal: AbortSignal,
): Promise<Wish> {
  const kind = workloadKindOf(wish.name);
  if (kind === undefined) return wish;
  if (kind === 'Job') return jobWish(o, wish, signal);
  const { live, name } = wish;
  const text = objectText(name);
  const object = live ? withVariableForms({ kind, applied: wish.object, live }, text) : wish.object;
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return { ...wish, object };
  const autoscaler = autoscalers.all.find(
    (one) =>
      namespaceOf(one, o.namespace) === name.namespace && scales(one, { kind, name: name.name }),
  );
  if (autoscaler === undefined) return { ...wish, object };
  const asked = o.settings.replicas;
  const isAsked = asked !== undefined && objectIn(object, 'spec')['replicas'] === asked;
  checkReplicas(isAsked ? asked : undefined, text, autoscaler);
  return { ...wish, object: leftToAutoscaler(object, live) };
}

function namespaceOf(object: JsonObject, home: string): string {
  return textIn(objectIn(object, 'metadata'), 'namespace') ?? home;
}

async function jobWish({ api }: Preparation, wish: Wish, signal: AbortSignal): Promise<Wish> {
  const named = (name: string): ObjectName => ({ ...wish.name, name });
  const object = await releaseJob(wish.object, async (name) => {
    const job = await api.get(named(name), signal);
    return job !== undefined && hasFailed(job);
  });
  const name = named(textIn(objectIn(object, 'metadata'), 'name') ?? '');
  return { ...wish, name, object, live: await api.get(name, signal) };
}

async function othersOf(
  o: Preparation,
  { given, located }: FoundWorkload,
  change: MainChange,
  signal: AbortSignal,
): Promise<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const one of located) {
    if (one.name === given?.name) continue;
    const live = one.isServed ? await o.api.get(one.name, signal) : undefined;
    wishes.push(await finished(o, wishFor(o, { ...one, live }, []), change, signal));
  }
  return wishes;
}

async function secretWish(
  o: Preparation,
  { kind, name: of }: FoundWorkload,
  values: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Wish> {
  const { namespace = '' } = of;
  const { name, object } = await secretObject({ kind, name: of.name }, namespace, values);
  const resource = await o.api.resource({ apiVersion: 'v1', kind: 'Secret' }, signal);
  if (!resource) throw new Error('the API server has no Secrets');
  const at = { resource, namespace, name };
  const live = await o.api.get(at, signal);
  return wishFor(o, { name: at, object, live, isServed: true }, []);
}

/** A wish that knows what it may take over of others. */
function wishFor(
  { settings, manifests }: Preparation,
  wish: Pick<Wish, 'name' | 'object' | 'live' | 'isServed'>,
  named: readonly string[],
): Wish {
  const { live } = wish;
  // Only manifests say what is not wanted any more.
  const taken = live && manifests && adopted(live);
  return {
    ...wish,
    live: taken ?? live,
    adopts: taken !== undefined,
    mayTake: mayTake({ all: settings['force-conflicts'], live, named }),
  };
}

/** A container as the server names it: `containers[name="web"]` */
function pathOf({ list, name }: ContainerAt): string {
  return `${list}[name="${name}"]`;
}
