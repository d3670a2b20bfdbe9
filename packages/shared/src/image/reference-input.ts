import { BadInput } from '../action/input.ts';
import { type ImageReference, InvalidReference, parseReference } from './reference.ts';

/**
 * Reads an image reference that is the value of an input.
 * @param example a valid value of that input
 * @throws BadInput which shows the value only where that is harmless: it may hold a password
 */
export function referenceInput(value: string, example: string): ImageReference {
  try {
    return parseReference(value);
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    const [what = ''] = error.message.split('; valid: ');
    throw new BadInput(`is wrong: ${what}`, example);
  }
}
