import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { withoutNull } from '@slipway/shared/document/without-null';
import { eachIn, within, without } from './edit.ts';

/**
 * What Azure answers and does not take. One that is not known here goes out with the others, as a
 * field of tomorrow would.
 * Source: read-only properties of ContainerGroup, API version 2026-05-01
 */
const answered = {
  group: ['id', 'name', 'type', 'systemData', 'resourceGroup', 'etag', 'apiVersion'],
  identity: ['principalId', 'tenantId'],
  userIdentity: ['principalId', 'clientId'],
  properties: ['provisioningState', 'instanceView', 'isCreatedFromStandbyPool'],
  container: ['instanceView'],
  /** The next address is another one. */
  address: ['ip', 'fqdn'],
  /** Not documented; in what Azure answers. */
  timeout: ['isCustomProvisioningTimeout', 'provisioningTimeoutInSeconds'],
} as const;

/** A container group as it can be put again: without what only an answer has, and without nulls. */
export function writable(group: JsonObject): JsonObject {
  const own = without(withoutNull(group), answered.group);
  return within(within(own, 'identity', identity), 'properties', (properties) => {
    const custom = properties['isCustomProvisioningTimeout'] === true;
    const timeout = custom ? answered.timeout.slice(0, 1) : answered.timeout;
    const fields = without(properties, [...answered.properties, ...timeout]);
    const address = within(fields, 'ipAddress', (of) => without(of, answered.address));
    return eachIn(eachIn(address, 'containers', container), 'initContainers', container);
  });
}

function identity(of: JsonObject): JsonObject {
  return within(without(of, answered.identity), 'userAssignedIdentities', (ids) =>
    Object.keys(ids).reduce<JsonObject>(
      (all, id) => within(all, id, (one) => without(one, answered.userIdentity)),
      ids,
    ),
  );
}

function container(of: JsonObject): JsonObject {
  return within(of, 'properties', (properties) => without(properties, answered.container));
}

/** A tag of ours, by which a release is known again, and not one of the user. */
const ownTag = /^slipway-/i;

/** The tag with the image of the main container, by digest. */
export const imageTag = 'slipway-image';

/** A group without the tags of a release. */
export function withoutReleaseTags(group: JsonObject): JsonObject {
  return within(group, 'tags', (tags) =>
    without(
      tags,
      Object.keys(tags).filter((name) => ownTag.test(name)),
    ),
  );
}

/** The image that the tag of a release names. */
export function taggedImage(group: JsonObject): string | undefined {
  return textIn(objectIn(group, 'tags'), imageTag);
}
