import type { Json, RawNumber } from './json-object.ts';

declare global {
  // In JavaScript since ES2026, in Node since 22; not yet in TypeScript's own declarations.
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
    parse(text: string, reviver: NumberReader): Json;
  }
}

type NumberReader = (key: string, value: Json, context: { source?: string }) => Json;

/**
 * Reads JSON, with each number as the text has it: `JSON.stringify` gives `1.0` and a number of
 * twenty digits back as they were. A number that JavaScript writes the same way is an ordinary one.
 */
export function parseJsonAsIs(text: string): Json {
  // To ask for the source of each value takes several times as long, and few texts need it.
  if (!hasOddNumber(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value, { source }) =>
    typeof value === 'number' ? numberAsIs(value, source ?? '') : value,
  );
}

/** Whether a JSON text has a number that JavaScript would write in another way. Takes time linear in it. */
function hasOddNumber(text: string): boolean {
  // Strings are passed over, also one that does not end.
  const tokens = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|-?\d[\d.eE+-]*/g;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [word] = token;
    if (word[0] !== '"' && String(Number(word)) !== word) return true;
  }
  return false;
}

/**
 * A number that is written as it was.
 * @param source its text; it must be a number of JSON
 */
export function numberAsIs(value: number, source: string): Json {
  return String(value) === source ? value : JSON.rawJSON(source);
}

/** The value of a number, however it was written; undefined for what is none. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return JSON.isRawJSON(value) ? Number(value.rawJSON) : undefined;
}
