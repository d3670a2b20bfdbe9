import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { FieldConflict, fieldManager, type KubernetesApi } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import type { WantedObject } from '../workload/prepared.ts';
import { appliedFields, union, valuesOf } from './owned-fields.ts';

/**
 * Applies what an object had before in the fields that this run, or one before it, has applied.
 * What others have set since then stays.
 * @param template the pod template to go back to, where it is not that of the object before
 * @returns the object as the server stored it
 * @throws Failure `k8s/superseded` where somebody else has set one of these fields meanwhile
 */
export async function restore(
  api: KubernetesApi,
  {
    before,
    template,
    wanted,
  }: { wanted: WantedObject; before: JsonObject; template?: JsonObject | undefined },
  signal: AbortSignal,
): Promise<JsonObject> {
  const live = await api.get(wanted.name, signal);
  const fields = union(appliedFields(live, fieldManager), appliedFields(before, fieldManager));
  const object = {
    ...valuesOf(template ? withTemplate(before, template) : before, fields),
    ...identityOf(before),
  };
  const { metadata, ...rest } = object;
  const named = { ...objectIn({ metadata: metadata ?? null }, 'metadata'), ...namesOf(before) };
  try {
    const { name } = wanted;
    return (await api.apply({ name, object: { ...rest, metadata: named } }, signal)).object;
  } catch (error) {
    if (!(error instanceof FieldConflict)) throw error;
    const workload = objectText(wanted.name);
    throw Failure.of('k8s/superseded', { workload, by: oneLine(error.message) }, error);
  }
}

function identityOf(object: JsonObject): JsonObject {
  return { apiVersion: object['apiVersion'], kind: object['kind'] };
}

function namesOf(object: JsonObject): JsonObject {
  const metadata = objectIn(object, 'metadata');
  return { name: metadata['name'], namespace: metadata['namespace'] };
}

function withTemplate(object: JsonObject, template: JsonObject): JsonObject {
  return { ...object, spec: { ...objectIn(object, 'spec'), template } };
}
