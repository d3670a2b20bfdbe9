import { BadInput } from '../action/input.ts';
import { type ImageReference, InvalidReference, parseReference } from './reference.ts';

/**
 * Reads an image reference that is the value of an input. A name is put into lower case, as no
 * registry has another one: `ghcr.io/${{ github.repository }}` has the capitals of the owner.
 * @param example a valid value of that input
 * @throws BadInput which shows the value only where that is harmless: it may hold a password
 */
export function referenceInput(value: string, example: string): ImageReference {
  try {
    return parseReference(inLowerCase(value));
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    const [what = ''] = error.message.split('; valid: ');
    throw new BadInput(`is not an image: ${what}`, example);
  }
}

// Not what has a scheme or a password in it, which is refused, with its own words.
function inLowerCase(value: string): string {
  if (!/^[\w./:-]+(?:@sha\d+:[0-9a-f]+)?$/.test(value)) return value;
  const [named = '', digest] = value.split('@');
  const colon = named.lastIndexOf(':');
  const end = colon > named.lastIndexOf('/') ? colon : named.length;
  const name = named.slice(0, end).toLowerCase() + named.slice(end);
  return digest === undefined ? name : `${name}@${digest}`;
}
