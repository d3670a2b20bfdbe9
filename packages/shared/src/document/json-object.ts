/** A JSON value as it was parsed. */
export type Json = null | boolean | number | string | RawNumber | readonly Json[] | JsonObject;

/** A number that is written as it was read: `1.0`. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** A JSON object whose unknown fields are kept. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Whether a value is an object: no list, no null, no number. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !isJsonList(value) && !JSON.isRawJSON(value)
  );
}

/** Whether a value is a list. */
export function isJsonList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The objects of the list in a property; empty when there is no such thing. */
export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const list = object[name];
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}

/** The text in a property; undefined when there is no such thing. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts of the list in a property; empty when there is no such thing. */
export function textsIn(object: JsonObject, name: string): readonly string[] {
  const list = object[name];
  return isJsonList(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** A JSON object in a property of another one; empty when there is no such thing. */
export function objectIn(value: Json, name: string): JsonObject {
  const found = isJsonObject(value) ? value[name] : undefined;
  return found !== undefined && isJsonObject(found) ? found : {};
}

/** The JSON value that a text is; undefined when it is none. */
export function jsonIn(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
