import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  textIn,
} from '@slipway/shared/document/json-object';
import { nameOf } from '../workload/pod-template.ts';

/** Variables of a container: plain values, and names of keys in a Secret. */
export interface Variables {
  readonly env: ReadonlyMap<string, string>;
  /** Names of secret variables, which are the keys of {@link secret} too. */
  readonly secrets: Iterable<string>;
  /** Name of the Secret. */
  readonly secret: string;
}

/** A container with variables merged by name into what it has. */
export function withVariables(container: JsonObject, variables: Variables): JsonObject {
  const values = new Map<string, JsonObject>();
  for (const [name, value] of variables.env) values.set(name, { value });
  for (const key of variables.secrets) {
    values.set(key, { valueFrom: { secretKeyRef: { name: variables.secret, key } } });
  }
  return values.size === 0 ? container : { ...container, env: merged(container['env'], values) };
}

/** Variables that are there get the new value where they are; the others are added behind them. */
function merged(list: Json | undefined, values: ReadonlyMap<string, JsonObject>): Json {
  // What has another form is for the server to refuse.
  if (list !== undefined && list !== null && !isJsonList(list)) return list;
  const entries = list ?? [];
  const there = new Set(entries.map((entry) => isJsonObject(entry) && textIn(entry, 'name')));
  const added = [...values].filter(([name]) => !there.has(name));
  return [
    ...entries.map((entry) => {
      const name = isJsonObject(entry) ? nameOf(entry) : '';
      const value = values.get(name);
      return value ? { name, ...value } : entry;
    }),
    ...added.map(([name, value]) => ({ name, ...value })),
  ];
}
