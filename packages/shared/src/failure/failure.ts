import { redact } from '../secrets/redact.ts';
import { catalogue, type FailureCode, type FailureFacts } from './catalogue.ts';

/**
 * A failure that the suite knows: a stable code, what happened with the live facts in it, and what
 * to do. Everything else that is thrown is a bug of ours and reported as one.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly remedy: string;

  private constructor(code: FailureCode, cause: string, remedy: string, options?: ErrorOptions) {
    super(redact(cause), options);
    this.code = code;
    this.remedy = redact(remedy);
  }

  /**
   * Makes a failure from the catalogue.
   * @param facts live facts for the sentences; never a secret
   * @param cause the error behind it, kept for the log
   */
  static of<C extends FailureCode>(code: C, facts: FailureFacts<C>, cause?: unknown): Failure {
    const entry: {
      cause(facts: FailureFacts<C>): string;
      remedy(facts: FailureFacts<C>): string;
    } = catalogue[code];
    return new Failure(
      code,
      entry.cause(facts),
      entry.remedy(facts),
      cause === undefined ? undefined : { cause },
    );
  }

  /** The same failure, with the place where it happened before its sentence. */
  at(place: string): Failure {
    return new Failure(this.code, `${place}: ${this.message}`, this.remedy, { cause: this });
  }

  /** The same failure, with what was found on the lines behind its sentence. */
  followedBy(found: string): Failure {
    return new Failure(this.code, `${this.message}\n${found}`, this.remedy, { cause: this });
  }
}

const deepestCause = 8;

/** The message of anything that was thrown, with its causes, on one line. */
export function messageOf(error: unknown, depth = 0): string {
  return redact(wordsOf(error, depth)).replace(/\s+/g, ' ').trim();
}

function wordsOf(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => messageOf(one, depth + 1)).join('; ');
  }
  const own = error.message || error.name;
  // A failure says it all; a cause of a cause of … may be a circle.
  if (error.cause === undefined || error instanceof Failure || depth >= deepestCause) return own;
  return `${own}: ${messageOf(error.cause, depth + 1)}`;
}
