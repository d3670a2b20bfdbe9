import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { containersOf } from './document/parts.ts';

/**
 * The container that the inputs are for: the one that is named, else the only one, else the first one.
 * @param group what the container group is called in errors
 * @returns undefined where there is no container and none is named
 * @throws Failure `aci/container-not-found`
 */
export function mainContainer(
  document: JsonObject,
  { named, group }: { named: string | undefined; group: string },
): string | undefined {
  const names = containersOf(document).map(({ name }) => name);
  if (named === undefined || names.includes(named)) return named ?? names[0];
  const has = names.join(', ') || 'none';
  throw Failure.of('aci/container-not-found', { container: named, group, has });
}

/**
 * The container of what runs that a container takes the place of: the one of its name, or the only one
 * under another name.
 */
export function placeOf(live: JsonObject, container: string | undefined): string | undefined {
  const names = containersOf(live).map(({ name }) => name);
  const [only] = names;
  if (container !== undefined && names.includes(container)) return container;
  return names.length === 1 ? only : undefined;
}
