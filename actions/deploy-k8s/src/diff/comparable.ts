import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { serverFields } from '../workload/server-fields.ts';

/** Notes of tools about what they wrote, in which secrets can be. */
const ofTools = ['kubectl.kubernetes.io/last-applied-configuration'];

/** What somebody has asked of an object: without what the server or a tool keeps account of. */
export function comparable(object: JsonObject): JsonObject {
  const { status: _, ...rest } = object;
  const metadata = without(objectIn(object, 'metadata'), serverFields);
  const annotations = without(objectIn(metadata, 'annotations'), ofTools);
  const { annotations: __, ...others } = metadata;
  const kept = Object.keys(annotations).length > 0 ? { ...others, annotations } : others;
  return { ...rest, metadata: kept };
}

/** An object without some fields. */
export function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !fields.includes(name)));
}
