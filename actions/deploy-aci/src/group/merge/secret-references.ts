import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { eachIn, within } from '../document/edit.ts';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { sameId } from '../document/words.ts';

/** Where a secret is in Key Vault, and who reads it. */
export interface VaultSecret {
  readonly address: string;
  /** Resource id of a user-assigned identity. */
  readonly identity: string;
}

/**
 * A group that has a reference to a secret, and its name. One that is there already is used again.
 * @param wish what it is for, `DATABASE_URL`; its name is made of that
 */
export function withReference(
  group: JsonObject,
  wish: string,
  { address, identity }: VaultSecret,
): { group: JsonObject; name: string } {
  const references = objectsIn(propertiesOf(group), 'secretReferences');
  const same = references.find(
    (one) =>
      sameAddress(textIn(one, 'secretReferenceUri'), address) &&
      sameId(textIn(one, 'identity'), identity),
  );
  const known = same && textIn(same, 'name');
  if (known !== undefined) return { group, name: known };
  const taken = new Set(references.map((one) => textIn(one, 'name')?.toLowerCase()));
  const name = free(wish, taken);
  const reference = { name, identity, secretReferenceUri: address };
  const secretReferences = [...references, reference];
  return { group: within(group, 'properties', (of) => ({ ...of, secretReferences })), name };
}

/** A group without the references that nothing of it uses any more, and that was used before. */
export function withoutUnused(group: JsonObject, before: JsonObject): JsonObject {
  const [used, wasUsed] = [usedReferences(group), usedReferences(before)];
  return within(group, 'properties', (properties) =>
    eachIn(properties, 'secretReferences', (one) => {
      const name = textIn(one, 'name') ?? '';
      return wasUsed.has(name) && !used.has(name) ? undefined : one;
    }),
  );
}

/** Names of the secret references that something in a group uses. */
export function usedReferences(group: JsonObject): ReadonlySet<string> {
  const properties = propertiesOf(group);
  const variables = (['containers', 'initContainers'] as const).flatMap((list) =>
    containersOf(group, list).flatMap((one) => objectsIn(one.properties, 'environmentVariables')),
  );
  const names = [
    ...variables.map((one) => one['secureValueReference']),
    ...objectsIn(properties, 'imageRegistryCredentials').map((one) => one['passwordReference']),
    ...objectsIn(properties, 'volumes').flatMap((volume) => [
      objectIn(volume, 'azureFile')['storageAccountKeyReference'],
      ...Object.values(objectIn(volume, 'secretReference')),
    ]),
  ];
  return new Set(names.filter((name) => typeof name === 'string'));
}

function sameAddress(one: string | undefined, other: string): boolean {
  const plain = (address: string) => address.toLowerCase().replace(/\/$/, '');
  return one !== undefined && plain(one) === plain(other);
}

function free(wish: string, taken: ReadonlySet<string | undefined>): string {
  const words = wish.toLowerCase().split(/[^a-z0-9]+/);
  const name = words.filter(Boolean).join('-') || 'secret';
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name}-${count}`)) count += 1;
  return `${name}-${count}`;
}
