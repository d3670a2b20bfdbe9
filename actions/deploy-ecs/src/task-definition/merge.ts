import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@slipway/shared/document/json-object';

/** What the inputs change in a task definition. */
export interface TaskDefinitionChanges {
  /** The container that gets `env` and `secrets`. */
  container: string;
  /** Images by container. */
  images: ReadonlyMap<string, string>;
  env: ReadonlyMap<string, string>;
  /** References by name. */
  secrets: ReadonlyMap<string, string>;
}

/**
 * A task definition with the changes in it. A name is in either `environment` or `secrets`, as ECS
 * has it, so one that moves leaves the other. Nothing else is touched, not even the order; what has
 * not the form of a task definition stays for the check to find.
 */
export function merge(document: JsonObject, changes: TaskDefinitionChanges): JsonObject {
  const containers = document['containerDefinitions'];
  if (!isJsonList(containers)) return document;
  return {
    ...document,
    containerDefinitions: containers.map((container) =>
      isJsonObject(container) ? mergedContainer(container, changes) : container,
    ),
  };
}

function mergedContainer(container: JsonObject, changes: TaskDefinitionChanges): JsonObject {
  const name = container['name'];
  if (typeof name !== 'string') return container;
  const image = changes.images.get(name);
  const withImage = image === undefined ? container : { ...container, image };
  if (name !== changes.container) return withImage;
  const { env, secrets } = changes;
  const { environment, secrets: references } = container;
  return {
    ...withImage,
    ...listed('environment', without(merged(environment, env, 'value'), secrets)),
    ...listed('secrets', without(merged(references, secrets, 'valueFrom'), env)),
  };
}

function listed(name: string, list: Json | undefined): JsonObject {
  return list === undefined ? {} : { [name]: list };
}

/** Entries that are there get the new value where they are; the others are added behind them. */
function merged(
  list: Json | undefined,
  values: ReadonlyMap<string, string>,
  field: 'value' | 'valueFrom',
): Json | undefined {
  if (values.size === 0 || (list !== undefined && !isJsonList(list))) return list;
  const entries = list ?? [];
  const there = new Set(entries.map(nameOf));
  const added = [...values].filter(([name]) => !there.has(name));
  return [
    ...entries.map((entry) => {
      const value = values.get(nameOf(entry) ?? '');
      return value === undefined || !isJsonObject(entry) ? entry : { ...entry, [field]: value };
    }),
    ...added.map(([name, value]) => ({ name, [field]: value })),
  ];
}

function without(list: Json | undefined, names: ReadonlyMap<string, string>): Json | undefined {
  if (!isJsonList(list) || names.size === 0) return list;
  return list.filter((entry) => !names.has(nameOf(entry) ?? ''));
}

function nameOf(entry: Json): string | undefined {
  const name = isJsonObject(entry) ? entry['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
