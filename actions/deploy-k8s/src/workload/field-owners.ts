import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';

/** Managers that have set a field of an object, by the members of its path: `f:spec`, `f:replicas`. */
export function ownersOf(object: JsonObject, path: readonly string[]): readonly string[] {
  return entriesOf(object)
    .filter((entry) => hasMember(objectIn(entry, 'fieldsV1'), path))
    .map((entry) => textIn(entry, 'manager') ?? '');
}

/** Whether a manager has applied an object before. */
export function hasApplied(object: JsonObject, manager: string): boolean {
  return entriesOf(object).some(
    (entry) => textIn(entry, 'manager') === manager && textIn(entry, 'operation') === 'Apply',
  );
}

/** The entries of `managedFields`: who has set which fields. */
export function entriesOf(object: JsonObject): readonly JsonObject[] {
  return objectsIn(objectIn(object, 'metadata'), 'managedFields');
}

function hasMember(fields: JsonObject, path: readonly string[]): boolean {
  const found = path.reduce<Json | undefined>(
    (at, member) => (isJsonObject(at) ? at[member] : undefined),
    fields,
  );
  return found !== undefined;
}
