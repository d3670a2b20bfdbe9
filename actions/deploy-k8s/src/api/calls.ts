import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import { isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { collectionPath, groupOf, objectPath, type Query } from './addresses.ts';
import { type ApiAnswer, type ApiCall, unusable, wordsFor } from './api-call.ts';
import { type Collection, fieldManager, type ObjectName } from './kubernetes-api.ts';

/** A call about one object. */
export function objectCall(
  of: ObjectName,
  call: Pick<ApiCall, 'verb' | 'method' | 'query' | 'headers' | 'body'> & { doing: string },
): ApiCall {
  return callTo(of, { ...call, word: of.resource.kind, name: of.name, path: objectPath(of) });
}

/** A call about all objects of a kind. */
export function collectionCall(
  of: Collection,
  call: Pick<ApiCall, 'verb' | 'method' | 'query' | 'headers' | 'body'> & {
    doing: string;
    /** Of the object that is made. */
    name?: string | undefined;
  },
): ApiCall {
  const { kind, plural } = of.resource;
  const word = call.name === undefined ? plural : kind;
  return callTo(of, { ...call, word, path: collectionPath(of) });
}

function callTo(
  of: Collection,
  o: Omit<ApiCall, 'what' | 'group' | 'resource' | 'namespace'> & { doing: string; word: string },
): ApiCall {
  const { doing, word, ...call } = o;
  const namespace = of.resource.isNamespaced ? of.namespace : undefined;
  const { name } = call;
  return {
    ...call,
    resource: of.resource.plural,
    namespace,
    group: groupOf(of.resource),
    what: wordsFor(doing, { resource: word, namespace, name }),
  };
}

/** What a write says about itself in its query. */
export function writeQuery(asked: { dryRun?: boolean | undefined }): Query {
  return {
    fieldManager,
    // As kubectl does: a field that is misspelled is refused instead of dropped.
    fieldValidation: 'Strict',
    dryRun: asked.dryRun ? 'All' : undefined,
  };
}

/** The object in an answer. @throws Failure `k8s/unavailable` */
export function objectOf(answer: Pick<ApiAnswer, 'text'>, call: ApiCall): JsonObject {
  try {
    const object = parseJsonAsIs(answer.text);
    if (isJsonObject(object)) return object;
  } catch {
    // Said below: of the text nothing is repeated, as it may be anybody's.
  }
  throw unusable(call, 'the answer could not be read');
}
