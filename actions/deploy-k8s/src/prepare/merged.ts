import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  textIn,
} from '@slipway/shared/document/json-object';

/**
 * About what an apply of one object to another one gives, where nobody may ask the server: items of lists
 * go by their name, and null takes a field away.
 */
export function merged(into: JsonObject, from: JsonObject): JsonObject {
  const all = { ...into };
  for (const [name, value] of Object.entries(from)) {
    if (value === null) delete all[name];
    else all[name] = mergedValue(into[name], value);
  }
  return all;
}

function mergedValue(into: Json | undefined, from: Json | undefined): Json | undefined {
  if (isJsonObject(into) && isJsonObject(from)) return merged(into, from);
  if (!isJsonList(into) || !isJsonList(from) || !from.every(isNamed)) return from;
  const added = from.filter((one) => isJsonObject(one) && !into.some((item) => isSame(item, one)));
  return [
    ...into.map((item) => {
      const other = from.find((one) => isSame(item, one));
      return isJsonObject(item) && isJsonObject(other) ? merged(item, other) : item;
    }),
    ...added,
  ];
}

function isNamed(item: Json): boolean {
  return isJsonObject(item) && textIn(item, 'name') !== undefined;
}

function isSame(item: Json, other: Json): boolean {
  return isJsonObject(item) && isJsonObject(other) && item['name'] === other['name'];
}
