/**
 * Reads one text out of a JSON object that a service answered.
 * @returns undefined when the answer is not JSON, not an object, or has no such non-empty text
 */
export function jsonText(json: string, key: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
  return typeof found === 'string' && found !== '' ? found : undefined;
}
