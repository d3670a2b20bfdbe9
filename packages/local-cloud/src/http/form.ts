import type { Request } from './exchange.ts';

const formType = 'application/x-www-form-urlencoded';

/**
 * Reads the body of a POSTed form.
 * @returns undefined when it is no form, or names a field twice
 */
export function readForm(request: Request): Map<string, string> | undefined {
  if (request.headers['content-type']?.split(';')[0]?.trim() !== formType) return undefined;
  return readFields(new URLSearchParams(request.body.toString('utf8')));
}

/** Reads a query or form; undefined when a field is named twice. */
export function readFields(pairs: URLSearchParams): Map<string, string> | undefined {
  const fields = new Map(pairs);
  return fields.size === pairs.size ? fields : undefined;
}

/** The first field that is not one of these. */
export function unknownField(
  fields: ReadonlyMap<string, string>,
  known: readonly string[],
): string | undefined {
  return [...fields.keys()].find((field) => !known.includes(field));
}
