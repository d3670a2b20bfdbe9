/** Reads JSON that someone else wrote. @returns undefined when it is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An own property of whatever was parsed; undefined when there is no such thing. */
export function field(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A non-empty text in a property; undefined when there is no such thing. */
export function textField(value: unknown, key: string): string | undefined {
  const found = field(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The list in a property; empty when there is no such thing. */
export function listField(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

/** The texts of the list in a property; empty when there is no such thing. */
export function textsField(value: unknown, key: string): readonly string[] {
  return listField(value, key).filter((one) => typeof one === 'string');
}
