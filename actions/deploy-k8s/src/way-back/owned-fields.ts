import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  jsonIn,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';

/**
 * A set of fields as `managedFields` writes it: `f:NAME` for a field, `k:{…}` for the item of a list
 * with these keys, `v:VALUE` for the item of a set, `.` for the thing itself.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
 */
export type FieldSet = JsonObject;

/** The fields of an object that a manager has applied; empty where it has none. */
export function appliedFields(object: JsonObject | undefined, manager: string): FieldSet {
  const entries = object ? objectsIn(objectIn(object, 'metadata'), 'managedFields') : [];
  const own = entries.find(
    (entry) =>
      textIn(entry, 'manager') === manager &&
      textIn(entry, 'operation') === 'Apply' &&
      textIn(entry, 'subresource') === undefined,
  );
  return own ? objectIn(own, 'fieldsV1') : {};
}

/** The fields of both sets. */
export function union(one: FieldSet, other: FieldSet): FieldSet {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...names].map((name) => [name, union(objectIn(one, name), objectIn(other, name))]),
  );
}

/**
 * What an object has in the fields of a set, in a form that can be applied. A field that it has not
 * is left out, so that applying the result takes it away.
 */
export function valuesOf(object: JsonObject, fields: FieldSet): JsonObject {
  const value = fieldsOf(object, fields);
  return value !== undefined && isJsonObject(value) ? value : {};
}

function fieldsOf(value: Json | undefined, fields: FieldSet): Json | undefined {
  const names = Object.keys(fields).filter((name) => name !== '.');
  if (value === undefined || names.length === 0) return value;
  if (isJsonList(value)) return itemsOf(value, fields, names);
  if (!isJsonObject(value)) return value;
  const kept = names
    .filter((name) => name.startsWith('f:'))
    .map((name): [string, Json | undefined] => {
      const field = name.slice(2);
      return [field, fieldsOf(value[field], objectIn(fields, name))];
    })
    .filter(([, item]) => item !== undefined);
  return Object.fromEntries(kept);
}

function itemsOf(items: readonly Json[], fields: FieldSet, names: readonly string[]): Json[] {
  const kept: Json[] = [];
  for (const item of items) {
    const name = names.find((one) => isMeant(item, one));
    if (name === undefined) continue;
    const keys = keysIn(name);
    const value = fieldsOf(item, objectIn(fields, name));
    // Keys are what the item is found by, whoever has set them.
    kept.push(isJsonObject(value) && keys ? { ...keys, ...value } : (value ?? item));
  }
  return kept;
}

function isMeant(item: Json, name: string): boolean {
  if (name.startsWith('v:')) return JSON.stringify(item) === canonical(name.slice(2));
  const keys = keysIn(name);
  if (!keys || !isJsonObject(item)) return false;
  return Object.entries(keys).every(([key, value]) => String(item[key]) === String(value));
}

function keysIn(name: string): JsonObject | undefined {
  if (!name.startsWith('k:')) return undefined;
  const keys = jsonIn(name.slice(2));
  return isJsonObject(keys) ? keys : undefined;
}

function canonical(text: string): string {
  return JSON.stringify(jsonIn(text) ?? text);
}
