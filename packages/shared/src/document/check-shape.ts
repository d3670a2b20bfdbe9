import { isJsonList, isJsonObject, type Json, type JsonObject } from './json-object.ts';
import { kindOf, type Problems } from './problems.ts';

/** The form of a field; a list has the form of its items. Fields that are not in it may be anything. */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needs: readonly string[] };

/** Finds fields of the wrong form. What is right here can be read without a doubt. */
export function checkShape(document: JsonObject, shape: Shape, add: Problems): void {
  check(document, shape, { path: '', add });
}

interface Place {
  path: string;
  add: Problems;
}

function check(value: Json, wanted: Shape, place: Place): void {
  const { path, add } = place;
  if (typeof wanted === 'string') {
    const kinds = { text: 'a text', number: 'a number', boolean: 'true or false' };
    if (kindOf(value) !== kinds[wanted]) {
      add(`${path} is ${kindOf(value)} instead of ${kinds[wanted]}`);
    }
    return;
  }
  if ('list' in wanted) {
    if (!isJsonList(value)) {
      add(`${path} is ${kindOf(value)} instead of a list`);
      return;
    }
    for (const [index, item] of value.entries()) {
      check(item, wanted.list, { path: `${path}[${nameOf(item) ?? index}]`, add });
    }
    return;
  }
  if (!isJsonObject(value)) {
    add(`${path} is ${kindOf(value)} instead of an object`);
    return;
  }
  const prefix = path === '' ? '' : `${path}.`;
  for (const [name, inner] of Object.entries(wanted.fields)) {
    const field = value[name];
    if (field !== undefined) check(field, inner, { path: `${prefix}${name}`, add });
    else if (wanted.needs.includes(name)) add(`${prefix}${name} is missing`);
  }
}

function nameOf(item: Json): string | undefined {
  const name = isJsonObject(item) ? (item['name'] ?? item['key']) : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
