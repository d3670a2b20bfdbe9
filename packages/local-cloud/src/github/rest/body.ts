import { isRecord } from '../../http/exchange.ts';
import { ApiError } from './api-error.ts';

/** Types of the fields of a body; a `?` at the end marks one that may be missing or null. */
export type Fields = Readonly<Record<string, FieldType>>;
type FieldType = 'string' | 'string?' | 'boolean?' | 'object?';

/** A body that has only known fields with the right types. */
export class Body {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  string(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  object(name: string, fields: Fields): Body | undefined {
    const value = this.#values[name];
    return isRecord(value) ? check(value, fields) : undefined;
  }
}

/**
 * Reads a JSON body as strictly as GitHub's schemas do, in their words.
 * @throws ApiError 400 when it is not JSON, 422 when a field is missing, unknown or of a wrong type
 */
export function readBody(bytes: Buffer, fields: Fields): Body {
  let value: unknown;
  try {
    value = bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ApiError(400, 'Problems parsing JSON');
  }
  if (!isRecord(value)) throw new ApiError(400, 'Body should be a JSON object');
  return check(value, fields);
}

function check(value: Readonly<Record<string, unknown>>, fields: Fields): Body {
  for (const [name, wanted] of Object.entries(fields)) {
    const given = value[name];
    if (given === undefined || (given === null && wanted.endsWith('?'))) {
      if (!wanted.endsWith('?')) throw invalid(`"${name}" wasn't supplied.`);
      continue;
    }
    const type = wanted.replace('?', '');
    const right = type === 'object' ? isRecord(given) : typeof given === type;
    if (right) continue;
    const shown = given === null ? 'nil' : JSON.stringify(given);
    const article = type === 'object' ? 'an' : 'a';
    throw invalid(`For 'properties/${name}', ${shown} is not ${article} ${type}.`);
  }
  const unknown = Object.keys(value).find((name) => fields[name] === undefined);
  if (unknown !== undefined) throw invalid(`"${unknown}" is not a permitted key.`);
  return new Body(value);
}

function invalid(why: string): ApiError {
  return new ApiError(422, `Invalid request.\n\n${why}`);
}
