import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Usage } from '../api/aci-api.ts';
import { containersOf, propertiesOf } from './document/parts.ts';

/** A group that takes from the quotas of a region. */
export interface NeededGroup {
  readonly document: JsonObject;
  /** What is deleted before it is created; undefined where nothing makes room. */
  readonly instead?: JsonObject | undefined;
}

/**
 * Compares the quotas of a region with what a container group takes that is created. A quota that is not
 * told is not checked.
 * @throws Failure `aci/quota`
 */
export function checkQuota(usages: readonly Usage[], { document, instead }: NeededGroup): void {
  const needs = needsOf(document);
  const frees = instead ? needsOf(instead) : new Map<string, number>();
  for (const { name, used, limit } of usages) {
    const wanted = (needs.get(name) ?? 0) - (frees.get(name) ?? 0);
    const left = limit - used;
    // A fraction of a core may be none.
    if (wanted <= 0 || Math.floor(wanted) <= left) continue;
    const place = textIn(document, 'location') ?? '';
    throw Failure.of('aci/quota', {
      call: 'the container group',
      said: `the limit of ${name} in ${place} is ${limit}, of which ${used} are used, and it needs ${wanted} more.`,
    });
  }
}

function needsOf(group: JsonObject): ReadonlyMap<string, number> {
  const properties = propertiesOf(group);
  const isSpot = textIn(properties, 'priority')?.toLowerCase() === 'spot';
  const isStandard = /^(?:standard|notspecified)$/i.test(textIn(properties, 'sku') ?? 'Standard');
  const cores = containersOf(group).reduce((sum, { properties: of }) => {
    return sum + (numberOf(objectIn(objectIn(of, 'resources'), 'requests')['cpu']) ?? 0);
  }, 0);
  const rounded = Math.round(cores * 100) / 100;
  const all: ReadonlyArray<readonly [string, number]> = [
    ['ContainerGroups', 1],
    ...(isStandard && !isSpot ? ([['StandardCores', rounded]] as const) : []),
    ...(isSpot ? ([['StandardSpotCores', rounded]] as const) : []),
  ];
  return new Map(all);
}
