import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import { oneLine } from '@slipway/shared/image/said';
import { fieldManager } from '../api/kubernetes-api.ts';
import { imageOf, referenceOf } from '../change/image.ts';
import { mainContainer } from '../change/main-container.ts';
import { secretObject } from '../change/secret-object.ts';
import { withInputs } from '../change/with-inputs.ts';
import { diffObjects } from '../diff/diff-objects.ts';
import { appliedFields, valuesOf } from '../way-back/owned-fields.ts';
import { podTemplateOf } from '../workload/pod-template.ts';
import type { Prepared, WantedWorkload } from '../workload/prepared.ts';
import type { WorkloadName } from '../workload/workload-name.ts';
import { applicable } from './applicable.ts';
import { type DryRun, dryRun, fieldText, type Wish } from './dry-run.ts';
import { type FoundWorkload, findWorkload, workloadKindOf } from './find-workload.ts';
import { inOrder } from './order.ts';
import type { Preparation } from './preparation.ts';

/**
 * Makes what is to be deployed: manifests, or what runs, with the changes of the inputs in it;
 * resolved, and compared with what is there. Reads only.
 * @throws Failure `k8s/…`, `image/…`
 */
export async function prepareWorkload(o: Preparation, signal: AbortSignal): Promise<Prepared> {
  const found = await findWorkload(o, signal);
  const { kind, live, name } = found;
  const source = found.given?.object ?? live ?? {};
  const text = `${kind.toLowerCase()}/${name.name}`;
  const container = mainContainer({ kind, object: source, text }, o.settings.container);
  const image = await imageFor(o, { found, source, container, text }, signal);
  const { env = new Map(), replicas, secrets } = o.settings;
  const secret =
    secrets && secrets.size > 0
      ? await secretOf(o, { kind, name: name.name }, { namespace: name.namespace, secrets }, signal)
      : undefined;
  const variables = { env, secrets: secrets?.keys() ?? [], secret: secret?.name.name ?? '' };
  const applied = applicable(found.given?.object ?? appliedBefore(source), name);
  const change = { container, image: image.name, variables, replicas };
  const object = withInputs(kind, { applied, source }, change);
  const main: Wish = { name, object, live, isServed: true, mayTake: mayTake(o) };
  const wishes = inOrder(
    [...(await othersOf(o, found, signal)), ...(secret ? [secret] : []), main],
    (one) => one.name.resource.kind,
  );
  const runs: DryRun[] = [];
  for (const wish of wishes) runs.push(await dryRun(o.api, wish, signal));

  const objects = runs.map(({ wanted }) => {
    const workload = workloadKindOf(wanted.name);
    return workload ? { ...wanted, kind: workload } : wanted;
  });
  const changed = objects.filter(({ isChanged }) => isChanged);
  return {
    objects,
    main: mainOf(objects, found),
    container,
    image: image.name,
    previousImage: live && imageOf(podTemplateOf(kind, live), container),
    diff: diffObjects(changed),
    notes: runs.flatMap(notesOf),
  };
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

/** What earlier runs have applied: an apply without it would take it away. */
function appliedBefore(live: JsonObject): JsonObject {
  const fields = appliedFields(live, fieldManager);
  return Object.keys(fields).length === 0 ? {} : valuesOf(live, fields);
}

async function othersOf(
  o: Preparation,
  { given, located }: FoundWorkload,
  signal: AbortSignal,
): Promise<readonly Wish[]> {
  const wishes: Wish[] = [];
  for (const one of located) {
    if (one.name === given?.name) continue;
    const live = one.isServed ? await o.api.get(one.name, signal) : undefined;
    wishes.push({ ...one, live, mayTake: mayTake(o) });
  }
  return wishes;
}

async function secretOf(
  o: Preparation,
  workload: WorkloadName,
  { namespace = '', secrets }: { namespace: string | undefined; secrets: Secrets },
  signal: AbortSignal,
): Promise<Wish> {
  const { name, object } = await secretObject(workload, namespace, secrets);
  const kind = { apiVersion: 'v1', kind: 'Secret' };
  const resource = await o.api.resource(kind, signal);
  if (!resource) throw new Error('the API server has no Secrets');
  const at = { resource, namespace, name };
  return {
    name: at,
    object,
    live: await o.api.get(at, signal),
    isServed: true,
    mayTake: mayTake(o),
  };
}

type Secrets = ReadonlyMap<string, string>;

function mayTake({ settings }: Preparation): Wish['mayTake'] {
  return () => settings['force-conflicts'];
}

function mainOf(objects: Prepared['objects'], { name }: FoundWorkload): WantedWorkload {
  for (const one of objects) {
    if (one.name === name && 'kind' in one) return one;
  }
  throw new Error(`${name.name} is none of the objects that are applied`);
}

function notesOf({ taken, wanted, warnings }: DryRun): readonly string[] {
  const object = `${wanted.name.resource.kind.toLowerCase()}/${wanted.name.name}`;
  return [
    ...taken.map((field) => `Takes over a field of ${object}: ${oneLine(fieldText(field))}.`),
    ...warnings.map((warning) => `The API server warns of ${object}: ${oneLine(warning)}.`),
  ];
}
