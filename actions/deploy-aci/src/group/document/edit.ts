import { isJsonList, isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';

/** An object without some of its fields. */
export function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !fields.includes(name)));
}

/** An object with the object in one of its fields changed; as it is where there is no such object. */
export function within(
  object: JsonObject,
  field: string,
  change: (inner: JsonObject) => JsonObject,
): JsonObject {
  const inner = object[field];
  return isJsonObject(inner) ? { ...object, [field]: change(inner) } : object;
}

/** An object with each object of the list in one of its fields changed; undefined takes it out. */
export function eachIn(
  object: JsonObject,
  field: string,
  change: (item: JsonObject) => JsonObject | undefined,
): JsonObject {
  const list = object[field];
  if (!isJsonList(list)) return object;
  const items = list.flatMap((item) => (isJsonObject(item) ? (change(item) ?? []) : item));
  return { ...object, [field]: items };
}
