import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  objectsIn,
} from '@slipway/shared/document/json-object';
import { withoutNull } from '@slipway/shared/document/without-null';

/**
 * Fields that ECS writes into a description and does not take back. One that is not known here goes
 * out with the others: ECS passes over fields that a request does not have.
 * Source: TaskDefinition and RegisterTaskDefinitionRequest of the ECS API
 */
const described = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'registeredBy',
  'deregisteredAt',
  'deleteRequestedAt',
];

/**
 * What is registered again of a document: everything but what only a description has, the tags that
 * AWS itself gives and takes from nobody else, and fields that are null, which is how JSON says that
 * a field is not there.
 */
export function registrable(document: JsonObject): JsonObject {
  const { tags, ...rest } = document;
  const fields = Object.entries(rest).filter(([name]) => !described.includes(name));
  const own = isJsonList(tags) ? tags.filter((tag) => !isOfAws(tag)) : tags;
  // ECS takes no empty list of tags.
  const tagged = own === undefined || (isJsonList(own) && own.length === 0) ? {} : { tags: own };
  return withoutNull({ ...Object.fromEntries(fields), ...tagged });
}

function isOfAws(tag: Json): boolean {
  const key = isJsonObject(tag) ? tag['key'] : undefined;
  return typeof key === 'string' && key.toLowerCase().startsWith('aws:');
}

/** The containers of a task definition by their names, in their order. */
export function containersOf(document: JsonObject): ReadonlyMap<string, JsonObject> {
  const named = objectsIn(document, 'containerDefinitions').flatMap((container) => {
    const { name } = container;
    return typeof name === 'string' ? [[name, container] as const] : [];
  });
  return new Map(named);
}
