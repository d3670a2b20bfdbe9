import { Failure } from '@slipway/shared/failure/failure';

/**
 * The failure for an input that turned out wrong only after all inputs had been read.
 * @param wrong what is wrong, in words that follow the input's name
 * @param example a valid value
 */
export function inputFailure(
  input: string,
  wrong: string,
  example: string,
  cause?: unknown,
): Failure {
  const problems = `Input ${input} ${wrong}. Valid: ${example}`;
  return Failure.of('action/input', { problems }, cause);
}
