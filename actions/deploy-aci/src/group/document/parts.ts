import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { eachIn, within } from './edit.ts';

/** The properties of a container group; empty when there are none. */
export function propertiesOf(group: JsonObject): JsonObject {
  return objectIn(group, 'properties');
}

/** Where containers are in the properties of a group. */
export type ContainerList = 'containers' | 'initContainers';

/** The containers of a group, in their order: name and properties of each. */
export function containersOf(
  group: JsonObject,
  list: ContainerList = 'containers',
): ReadonlyArray<{ readonly name: string; readonly properties: JsonObject }> {
  return objectsIn(propertiesOf(group), list).map((container) => ({
    name: textIn(container, 'name') ?? '',
    properties: objectIn(container, 'properties'),
  }));
}

/** The properties of one container; undefined where a group does not have it. */
export function containerIn(group: JsonObject, name: string | undefined): JsonObject | undefined {
  return containersOf(group).find((container) => container.name === name)?.properties;
}

/** A group with the properties of one container changed. */
export function withContainer(
  group: JsonObject,
  name: string,
  change: (properties: JsonObject) => JsonObject,
): JsonObject {
  return within(group, 'properties', (properties) =>
    eachIn(properties, 'containers', (container) => {
      if (container['name'] !== name) return container;
      return { ...container, properties: change(objectIn(container, 'properties')) };
    }),
  );
}

/** Whether a group is in a virtual network. */
export function isInSubnet(group: JsonObject): boolean {
  return objectsIn(propertiesOf(group), 'subnetIds').length > 0;
}
