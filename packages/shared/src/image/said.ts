import { withoutEnd } from '../action/plain-text.ts';
import type { WholeAnswer } from '../http/exchange.ts';
import { field, listField, parseJson, textField } from '../http/json.ts';
import { cut } from '../secrets/cut.ts';
import { redact } from '../secrets/redact.ts';

const longest = 300;

/** What a registry answered when it refused something. */
export interface Refusal {
  /** The registry's own words for people, on one line: `status 404, MANIFEST_UNKNOWN: manifest unknown`. */
  said: string;
  /** Whether the answer is in the form of the registry API, so that its status can be trusted. */
  genuine: boolean;
}

/**
 * Reads the errors out of an answer. Source: distribution spec, "Error Codes"; token services answer
 * as RFC 6749, section 5.2, or with `details` (Docker Hub).
 */
export function refusalOf(answer: WholeAnswer): Refusal {
  const body = parseJson(new TextDecoder().decode(answer.body));
  const errors = [...new Set(listField(body, 'errors').slice(0, 9).map(errorText))];
  const other = ['error', 'error_description', 'details', 'message'].map((k) => textField(body, k));
  const words = errors.length > 0 ? errors : [other.filter(Boolean).join(': ')];
  const text = oneLine(words.filter(Boolean).join('; '));
  return {
    said: text === '' ? `status ${answer.status}` : `status ${answer.status}, ${text}`,
    genuine: Array.isArray(field(body, 'errors')),
  };
}

function errorText(error: unknown): string {
  return [textField(error, 'code'), textField(error, 'message')].filter(Boolean).join(': ');
}

/** Text of others, fit for a sentence: one line, no control characters, at most 300 characters, no final dot. */
export function oneLine(text: string): string {
  const line = redact(text)
    .replace(/[\s\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  return line.length > longest ? cut(line, longest) : withoutEnd(line, '.');
}
