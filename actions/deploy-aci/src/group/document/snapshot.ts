import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
} from '@slipway/shared/document/json-object';
import { type Known, knownGroup } from './known-fields.ts';
import { writable } from './writable.ts';

/**
 * What runs, as it can be put again. Azure refuses a request with a field that its API version does not
 * have, and answers with some of these: what no request of this version can have set is left out.
 * @param like a document whose fields are kept all the same, so that the two can be compared
 */
export function snapshot(live: JsonObject, like?: JsonObject): JsonObject {
  const kept = keep(writable(live), knownGroup, { like, drop: () => {} });
  return isJsonObject(kept) ? kept : {};
}

/** Names of the fields that a {@link snapshot} leaves out and that are no answer as such. */
export function unknownFields(live: JsonObject): readonly string[] {
  const names = new Set<string>();
  keep(writable(live), knownGroup, { like: undefined, drop: (name) => names.add(name) });
  return [...names];
}

interface Keeping {
  like: Json | undefined;
  drop: (field: string) => void;
}

function keep(value: Json, known: Known, { like, drop }: Keeping): Json {
  if (known === 'all') return value;
  if (typeof known === 'object' && 'list' in known) {
    if (!isJsonList(value)) return value;
    return value.map((item, index) =>
      keep(item, known.list, { like: likeOf(item, index, like), drop }),
    );
  }
  if (!isJsonObject(value)) return value;
  const also = isJsonObject(like) ? like : {};
  const fields = Object.entries(value).flatMap(([name, inner]): Array<[string, Json]> => {
    if (inner === undefined) return [];
    const of = knownFor(name, inner, known) ?? (also[name] === undefined ? undefined : 'all');
    if (of !== undefined) return [[name, keep(inner, of, { like: also[name], drop })]];
    drop(name);
    return [];
  });
  return Object.fromEntries(fields);
}

/** How a field of an object is known; undefined where it is not. */
function knownFor(name: string, value: Json, known: Exclude<Known, 'all'>): Known | undefined {
  if (known === 'texts') return typeof value === 'string' ? 'all' : undefined;
  if (known === 'ids') return name.startsWith('/') ? 'nothing' : undefined;
  if (known === 'nothing' || 'list' in known) return undefined;
  return Object.hasOwn(known.fields, name) ? known.fields[name] : undefined;
}

const keys = ['name', 'server', 'mountPath', 'id', 'port', 'identity'];

/** The item of another list that is the same one. */
function likeOf(item: Json, index: number, like: Json | undefined): Json | undefined {
  if (!isJsonList(like)) return undefined;
  const key = isJsonObject(item) ? keys.find((one) => item[one] !== undefined) : undefined;
  if (key === undefined || !isJsonObject(item)) return like[index];
  return like.find((other) => isJsonObject(other) && other[key] === item[key]);
}
