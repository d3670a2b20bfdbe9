import { isJsonObject, type JsonObject, textIn } from '@slipway/shared/document/json-object';
import type { GroupName } from '../api/aci-api.ts';
import { releaseTags, withTags } from './release-tags.ts';

const longestName = 63;
const suffix = '-next';

/** Name of the group in which a new version is rehearsed. */
export function candidateName({ name, resourceGroup }: GroupName): GroupName {
  return { resourceGroup, name: besideName(name, suffix) };
}

/**
 * The group in which a new version is rehearsed: what is going to be deployed, under a public name
 * of its own, which the serving group never loses.
 * @param label of the candidate; undefined: that of the document with `-next` behind it
 */
export function candidateDocument(
  document: JsonObject,
  { name }: GroupName,
  label: string | undefined,
): JsonObject {
  const { properties } = document;
  const inner = isJsonObject(properties) ? properties : {};
  const { ipAddress } = inner;
  const own = isJsonObject(ipAddress) ? textIn(ipAddress, 'dnsNameLabel') : undefined;
  const other = label ?? (own === undefined ? undefined : besideName(own, suffix));
  const changed =
    isJsonObject(ipAddress) && own !== undefined
      ? { ...inner, ipAddress: { ...ipAddress, dnsNameLabel: other } }
      : inner;
  return withTags({ ...document, properties: changed }, { [releaseTags.candidate]: name });
}

/** A name of Azure with something behind it, in the 63 characters that it may have. */
export function besideName(name: string, suffix: string): string {
  return `${name.slice(0, longestName - suffix.length).replace(/-+$/, '')}${suffix}`;
}
