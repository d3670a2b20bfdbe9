import { BadInput } from '@slipway/shared/action/input';
import { readDocument } from '@slipway/shared/document/document-input';
import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { keepSecret } from '@slipway/shared/secrets/redact';
import { type Settings, specExample } from '../../settings.ts';
import { regionName } from '../document/words.ts';
import { withoutReleaseTags, writable } from '../document/writable.ts';
import { secretValuesIn } from '../secrets/secret-values-in.ts';
import { fromTemplate, isTemplate } from './arm-template.ts';
import { refuse } from './refuse.ts';

/** The inputs that say which container group a document is for. */
export type SpecSettings = Pick<Settings, 'spec' | 'name' | 'location'>;

/**
 * Reads the document of input `spec` as it can be put: without what only an answer of Azure has. Nothing
 * is asked of Azure. Secrets in it are taken out of every text of ours from then on.
 * @returns undefined where there is no such input
 * @throws Failure `action/input`
 */
export async function readSpec(settings: SpecSettings): Promise<JsonObject | undefined> {
  if (settings.spec === undefined) return undefined;
  try {
    const spec = unwrapped(await readDocument(settings.spec, specExample), settings);
    for (const secret of secretValuesIn(spec)) keepSecret(secret);
    return spec;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const problems = `Input spec ${error.message}. Valid: ${error.example}`;
    throw Failure.of('action/input', { problems });
  }
}

const groupType = 'microsoft.containerinstance/containergroups';

function unwrapped(read: JsonObject, { name, location }: SpecSettings): JsonObject {
  const document = isTemplate(read) ? fromTemplate(read) : read;
  const type = textIn(document, 'type');
  if (type !== undefined && type.toLowerCase() !== groupType) {
    refuse(`is of type ${oneLine(type)}`, 'Microsoft.ContainerInstance/containerGroups');
  }
  if (document['properties'] === undefined) {
    const flat = 'containers' in document;
    refuse(
      flat
        ? 'has containers outside of properties, as az container show prints it'
        : 'has no properties, so it is no container group',
      'what az container export writes',
    );
  }
  const own = textIn(document, 'name');
  if (own !== undefined && own !== name) {
    refuse(`is the container group ${oneLine(own)}, and input name is ${name}`, name);
  }
  const place = textIn(document, 'location');
  if (place !== undefined && location !== undefined && regionName(place) !== location) {
    refuse(`has location ${oneLine(place)}, and input location is ${location}`, location);
  }
  return withoutReleaseTags(writable(document));
}
