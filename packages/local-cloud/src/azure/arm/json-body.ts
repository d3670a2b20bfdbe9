import type { Request } from '../../http/exchange.ts';
import { ArmError } from './arm-error.ts';
import { findViolation, type Strictness, type Violation } from './model/check.ts';

/**
 * Reads a body of a class of the published clients; fields that are null are left out.
 * @returns its text, which is JSON
 * @throws ArmError `InvalidRequestContent`
 */
export function checkedJson(request: Request, className: string, strictness: Strictness): string {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/.test(type)) {
    throw new ArmError(
      415,
      'UnsupportedMediaType',
      `The content media type '${type}' is not supported. Only 'application/json' is supported.`,
    );
  }
  const value = parse(request.body.toString('utf8'));
  const wrong = findViolation(className, value, strictness);
  if (wrong) throw refused(sentence(wrong));
  return JSON.stringify(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (value === null ? undefined : value));
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'not JSON');
  }
}

function sentence({ kind, of, path, what }: Violation): string {
  switch (kind) {
    case 'unknown':
      return `Could not find member '${what}' on object of type '${of}'. Path '${path}'.`;
    case 'missing':
      return `Required property '${what}' not found in JSON. Path '${path}'.`;
    case 'type':
      return `Error converting value to type '${of}': it has to be ${what}. Path '${path}'.`;
    default:
      return kind satisfies never;
  }
}

function refused(why: string): ArmError {
  const message = `The request content was invalid and could not be deserialized: '${why}'.`;
  return new ArmError(400, 'InvalidRequestContent', message);
}

/**
 * An answer, once it is what the published clients read.
 * @throws Error for one that they do not: a bug of the local cloud
 */
export function checkedAnswer(value: object, className: string): string {
  const text = JSON.stringify(value);
  const wrong = findViolation(className, JSON.parse(text), { answer: true, newer: true });
  if (!wrong) return text;
  throw new Error(`An answer is not what ${className} is: ${sentence(wrong)}`);
}
