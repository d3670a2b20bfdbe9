import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { formatReference, referenceOf, repositoryName } from '@slipway/shared/image/reference';
import { containerIn } from './document/parts.ts';
import { taggedImage } from './document/writable.ts';

/**
 * The image that a container of what runs has, by digest where that is known: from itself, or from the
 * tag of the release, as long as nobody has put another image there since.
 */
export function runningImage(live: JsonObject, container: string): string | undefined {
  const image = textIn(containerIn(live, container) ?? {}, 'image');
  const own = referenceOf(image);
  if (own === undefined || own.digest !== undefined) return image;
  const tagged = referenceOf(taggedImage(live));
  const same = tagged?.digest !== undefined && repositoryName(tagged) === repositoryName(own);
  return same ? formatReference(tagged) : image;
}
