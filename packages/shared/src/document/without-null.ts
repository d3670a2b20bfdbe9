import { isJsonList, isJsonObject, type Json, type JsonObject } from './json-object.ts';

/** A document without the fields that are null, which is how JSON says that a field is not there. */
export function withoutNull(object: JsonObject): JsonObject {
  const fields = Object.entries(object).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(fields.map(([name, value]) => [name, inside(value)]));
}

function inside(value: Json | undefined): Json | undefined {
  if (isJsonList(value))
    return value.map((item) => (isJsonObject(item) ? withoutNull(item) : item));
  return isJsonObject(value) ? withoutNull(value) : value;
}
