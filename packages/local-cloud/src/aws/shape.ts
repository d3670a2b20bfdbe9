import { isRecord } from '../http/exchange.ts';
import { Refusal } from './refusal.ts';

/** What a value has to be: a text, a number, a boolean, a list of one shape, or a structure. */
export type Shape = 'string' | 'number' | 'boolean' | readonly [Shape] | Fields;

/** The fields of a structure; a `?` behind a name marks one that may be missing. */
export interface Fields {
  readonly [name: string]: Shape;
}

/**
 * Refuses what the service itself would: a field that it does not know, one of another type at any
 * depth, or a required one that is missing.
 * @throws Refusal `SerializationException`, `InvalidParameterException`
 */
export function checkFields(value: unknown, fields: Fields, path = ''): void {
  if (!isRecord(value)) throw wrongType(path || 'The body');
  for (const [name, given] of Object.entries(value)) {
    const shape = ownField(fields, name) ?? ownField(fields, `${name}?`);
    if (shape === undefined) {
      throw new Refusal('SerializationException', `Unknown field ${path}${name}`);
    }
    check(given, shape, `${path}${name}`);
  }
  const missing = Object.keys(fields).find(
    (name) => !name.endsWith('?') && value[name] === undefined,
  );
  if (missing === undefined) return;
  throw new Refusal(
    'InvalidParameterException',
    `Invalid parameter at '${path}${missing}' failed to satisfy constraint: 'must not be null'`,
  );
}

function check(value: unknown, shape: Shape, path: string): void {
  if (typeof shape === 'string') {
    if (typeof value !== shape) throw wrongType(path);
  } else if (isList(shape)) {
    if (!Array.isArray(value)) throw wrongType(path);
    for (const [index, item] of value.entries()) check(item, shape[0], `${path}[${index}]`);
  } else checkFields(value, shape, `${path}.`);
}

function isList(shape: readonly [Shape] | Fields): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function ownField(fields: Fields, name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function wrongType(path: string): Refusal {
  return new Refusal('SerializationException', `${path} has the wrong type`);
}
