/** One entry of the failure catalogue. Facts are strings, so that the docs can be generated. */
export interface FailureEntry<F> {
  /** One sentence: what happened, with the live facts. */
  cause(facts: F): string;
  /** One or two sentences: what to do about it. */
  remedy(facts: F): string;
}

/** Ties the facts of both sentences of an entry together. */
export function entry<F extends Readonly<Record<string, string>>>(
  sentences: FailureEntry<F>,
): FailureEntry<F> {
  return sentences;
}
