import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { sameId } from '../document/words.ts';

/** The user-assigned identities of a container group, by their resource ids. */
export function userIdentities(group: JsonObject): readonly string[] {
  return Object.keys(objectIn(objectIn(group, 'identity'), 'userAssignedIdentities'));
}

/** The user-assigned identity of a group that has exactly one. */
export function onlyIdentity(group: JsonObject): string | undefined {
  const [only, ...others] = userIdentities(group);
  return others.length === 0 ? only : undefined;
}

/** A group with just these identities: `system` or resource ids. */
export function withIdentities(group: JsonObject, named: readonly string[]): JsonObject {
  const ids = named.filter((one, index) => {
    return one !== 'system' && named.findIndex((other) => sameId(one, other)) === index;
  });
  return { ...group, identity: identityOf(named.includes('system'), ids, {}) };
}

/** A group that has this identity too. */
export function withIdentity(group: JsonObject, id: string): JsonObject {
  const ids = userIdentities(group);
  if (ids.some((one) => sameId(one, id))) return group;
  const identity = objectIn(group, 'identity');
  const system = /SystemAssigned/i.test(textIn(identity, 'type') ?? '');
  const { type: _, ...rest } = identity;
  return { ...group, identity: identityOf(system, [...ids, id], rest) };
}

function identityOf(system: boolean, ids: readonly string[], rest: JsonObject): JsonObject {
  const kinds = [
    ...(system ? ['SystemAssigned'] : []),
    ...(ids.length > 0 ? ['UserAssigned'] : []),
  ];
  const known = objectIn(rest, 'userAssignedIdentities');
  const users = Object.fromEntries(ids.map((id) => [id, known[id] ?? {}]));
  return {
    ...rest,
    type: kinds.join(', '),
    ...(ids.length > 0 && { userAssignedIdentities: users }),
  };
}
