import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { referenceOf } from '@slipway/shared/image/reference';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import { oneLine } from '@slipway/shared/image/said';
import type { ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { imageOf } from '../change/image.ts';
import { mainContainer } from '../change/main-container.ts';
import { checkSize } from '../check/sizes.ts';
import { type Compared, diffObjects } from '../diff/diff-objects.ts';
import { fieldText } from '../workload/apply-object.ts';
import { podTemplateOf } from '../workload/pod-template.ts';
import type { Prepared, WantedObject, WantedWorkload } from '../workload/prepared.ts';
import { findAutoscalers } from './autoscalers.ts';
import { checkWanted } from './check-wanted.ts';
import { type DryRun, dryRun, type Wish } from './dry-run.ts';
import { type FoundWorkload, findWorkload, workloadKindOf } from './find-workload.ts';
import { inOrder } from './order.ts';
import type { Preparation } from './preparation.ts';
import { makeWishes } from './wishes.ts';

/**
 * Makes what is to be deployed: manifests, or what runs, with the changes of the inputs in it;
 * resolved, and compared with what is there. Reads only.
 * @throws Failure `k8s/…`, `image/…`
 */
export async function prepareWorkload(o: Preparation, signal: AbortSignal): Promise<Prepared> {
  const found = await findWorkload(o, signal);
  const { kind, live, name } = found;
  const source = found.given?.object ?? live ?? {};
  const text = objectText(name);
  const container = mainContainer({ kind, object: source, text }, o.settings.container);
  const image = await imageFor(o, { found, source, container, text }, signal);
  const autoscalers = await findAutoscalers(
    o.api,
    { namespace: name.namespace ?? o.namespace, located: found.located },
    signal,
  );
  const change = { container, image: image.name, autoscalers };
  const { main, others } = await makeWishes(o, found, change, signal);
  const wishes = inOrder([...others, main], (one) => one.name.resource.kind);
  for (const { name: of, object } of wishes) checkSize(object, objectText(of));
  const runs: DryRun[] = [];
  for (const wish of wishes) runs.push(await dryRun(o.api, wish, madeNamespaces(wishes), signal));

  const objects = runs.map(({ wanted }) => {
    const workload = workloadKindOf(wanted.name);
    return workload ? { ...wanted, kind: workload } : wanted;
  });
  const wanted = mainOf(objects, main.name);
  const checked = await checkWanted(o, { objects, main: wanted, container, image }, signal);
  return {
    objects,
    main: wanted,
    container,
    image: image.name,
    previousImage: live && imageOf(podTemplateOf(kind, live), container),
    diff: diffObjects(objects.filter(({ isChanged }) => isChanged).map(shownChange)),
    notes: [...(autoscalers.note ? [autoscalers.note] : []), ...runs.flatMap(notesOf), ...checked],
  };
}

/** Of what is new, what this run says: what the server fills in is news to nobody. */
function shownChange({ name, live, after, object }: WantedObject): Compared {
  return { name, live, after: live === undefined ? object : after };
}

/** The image of the input, or that of the manifest; by digest. */
async function imageFor(
  { resolve, settings }: Preparation,
  at: { found: FoundWorkload; source: JsonObject; container: string; text: string },
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { container, found, source, text } = at;
  if (settings.image) return resolve(settings.image, signal);
  const written = imageOf(podTemplateOf(found.kind, source), container);
  const reference = referenceOf(written);
  if (reference) return resolve(reference, signal);
  const said = written ? `has an image that is none, ${oneLine(written)}` : 'has no image';
  throw Failure.of('k8s/no-image', { container, workload: text, said });
}

function mainOf(objects: Prepared['objects'], name: ObjectName): WantedWorkload {
  for (const one of objects) {
    if (one.name === name && 'kind' in one) return one;
  }
  throw new Error(`${name.name} is none of the objects that are applied`);
}

/** Namespaces that are there only once this run has made them. */
function madeNamespaces(wishes: readonly Wish[]): ReadonlySet<string | undefined> {
  const made = wishes.filter(
    ({ live, name }) => name.resource.kind === 'Namespace' && live === undefined,
  );
  return new Set(made.map(({ name }) => name.name));
}

function notesOf({ taken, unchecked, wanted, warnings }: DryRun): readonly string[] {
  const object = objectText(wanted.name);
  return [
    ...(unchecked === undefined ? [] : [`${object} is not checked: ${unchecked}.`]),
    ...taken.map((field) => `Takes over a field of ${object}: ${oneLine(fieldText(field))}.`),
    ...warnings.map((warning) => `The API server warns of ${object}: ${oneLine(warning)}.`),
  ];
}
