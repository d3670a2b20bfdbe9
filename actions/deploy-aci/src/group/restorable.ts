import type { JsonObject } from '@slipway/shared/document/json-object';
import { referenceOf } from '@slipway/shared/image/reference';
import { eachIn, within } from './document/edit.ts';
import { containersOf, withContainer } from './document/parts.ts';
import { snapshot } from './document/snapshot.ts';
import type { GroupSettings } from './group-settings.ts';
import { runningImage } from './image.ts';
import { mainContainer, placeOf } from './main-container.ts';
import { merge } from './merge/merge.ts';
import type { Restorable } from './prepared-group.ts';
import { withSecretsOf } from './secrets/fill.ts';
import { secretsIn } from './secrets/secrets-in.ts';

/**
 * What brings back the container group that runs now: what Azure answered, with the secrets that the
 * inputs and their document give under the same names, and the image of the main container by digest
 * where that is known. Tags of a release stay: they are those of the one that comes back.
 * @param live the answer of Azure
 * @throws Failure `aci/container-not-found`
 */
export function restorable(
  live: JsonObject,
  { settings, spec }: { settings: GroupSettings; spec?: JsonObject | undefined },
): Restorable {
  const runs = snapshot(live);
  const wanted = spec ?? runs;
  const main = mainContainer(wanted, { named: settings.container, group: settings.name });
  const place = placeOf(runs, main);
  const image = place === undefined ? undefined : runningImage(live, place);
  const pinned =
    place === undefined || image === undefined
      ? runs
      : withContainer(runs, place, (properties) => ({ ...properties, image }));
  const container = main ?? '';
  const source = merge(wanted, {
    settings,
    container,
    image: undefined,
    registry: referenceOf(image)?.registry,
    location: '',
  });
  const document = withSecretsOf(pinned, renamed(source, container, place));
  const lost = secretsIn(document).filter(({ supplied }) => !supplied);
  return { document, lost: [...new Set(lost.map(({ text }) => text))] };
}

/** A document whose main container has the name that it has in what runs. */
function renamed(source: JsonObject, container: string, place: string | undefined): JsonObject {
  const taken = containersOf(source).some(({ name }) => name === place);
  if (place === undefined || taken) return source;
  return within(source, 'properties', (properties) =>
    eachIn(properties, 'containers', (one) =>
      one['name'] === container ? { ...one, name: place } : one,
    ),
  );
}
