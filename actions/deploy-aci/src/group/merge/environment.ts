import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  textIn,
} from '@slipway/shared/document/json-object';
import { without } from '../document/edit.ts';
import { withContainer } from '../document/parts.ts';
import { isVaultAddress } from '../secret-values.ts';
import { withoutUnused, withReference } from './secret-references.ts';

/** Variables of one container by name. */
export interface Variables {
  readonly container: string;
  readonly env: ReadonlyMap<string, string>;
  /** Values, or addresses of secrets in Key Vault. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Who reads from Key Vault; without it, what is there is left out. */
  readonly vaultIdentity: string | undefined;
}

/**
 * A group with variables merged by name into what the container has. A variable has one kind of
 * value, so one that becomes another kind loses the one that it had.
 */
export function withVariables(group: JsonObject, variables: Variables): JsonObject {
  const { container, env, secrets, vaultIdentity } = variables;
  const values = new Map<string, JsonObject>();
  for (const [name, value] of env) values.set(name, { value });
  let referring = group;
  for (const [name, value] of secrets) {
    if (!isVaultAddress(value)) {
      values.set(name, { secureValue: value });
    } else if (vaultIdentity !== undefined) {
      const secret = { address: value, identity: vaultIdentity };
      const found = withReference(referring, name, secret);
      referring = found.group;
      values.set(name, { secureValueReference: found.name });
    }
  }
  if (values.size === 0) return group;
  const merged = withContainer(referring, container, (properties) => ({
    ...properties,
    environmentVariables: mergedList(properties['environmentVariables'], values),
  }));
  return withoutUnused(merged, group);
}

const kinds = ['value', 'secureValue', 'secureValueReference'];

/** Variables that are there get the new value where they are; the others are added behind them. */
function mergedList(list: Json | undefined, values: ReadonlyMap<string, JsonObject>): Json {
  // What has another form is for the check to find.
  if (list !== undefined && !isJsonList(list)) return list;
  const entries = list ?? [];
  const there = new Set(entries.map((entry) => isJsonObject(entry) && textIn(entry, 'name')));
  const added = [...values].filter(([name]) => !there.has(name));
  return [
    ...entries.map((entry) => {
      const value = isJsonObject(entry) ? values.get(textIn(entry, 'name') ?? '') : undefined;
      return value && isJsonObject(entry) ? { ...without(entry, kinds), ...value } : entry;
    }),
    ...added.map(([name, value]) => ({ name, ...value })),
  ];
}
