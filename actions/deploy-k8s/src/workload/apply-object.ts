import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import {
  FieldConflict,
  type KubernetesApi,
  type ObjectName,
  type OthersField,
} from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';

/**
 * Applies an object.
 * @returns it as the server stored it
 * @throws Failure `k8s/conflict`, also where somebody has set a field just now
 */
export async function applyObject(
  api: KubernetesApi,
  asked: { name: ObjectName; object: JsonObject; force?: boolean },
  signal: AbortSignal,
): Promise<JsonObject> {
  try {
    const written = await api.apply(asked, signal);
    return written.object;
  } catch (error) {
    if (error instanceof FieldConflict) throw conflict(asked.name, error.fields);
    throw error;
  }
}

const mostShown = 20;

/** The failure of fields that others have set. */
export function conflict(name: ObjectName, fields: readonly OthersField[]): Failure {
  const shown = fields.slice(0, mostShown).map((field) => oneLine(fieldText(field)));
  const more = fields.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  const object = objectText(name);
  return Failure.of('k8s/conflict', { object, fields: `${shown.join('; ')}.` });
}

/** `spec.replicas, by kubectl` */
export function fieldText({ path, manager }: OthersField): string {
  return `${path.replace(/^\./, '')}, by ${manager}`;
}
