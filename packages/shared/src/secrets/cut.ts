import { redact } from './redact.ts';

/**
 * The beginning of a text, with `…` at its end when there was more. The one place where a text is cut:
 * a mask does not know half a secret, so the secrets are taken out first.
 * @param most length of what is returned, in characters
 */
export function cut(text: string, most: number): string {
  const safe = redact(text);
  return safe.length > most ? `${safe.slice(0, most - 1)}…` : safe;
}
