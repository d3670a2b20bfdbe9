import { type JsonObject, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { propertiesOf } from '../document/parts.ts';
import { sameId } from '../document/words.ts';
import { userIdentities } from '../merge/identity.ts';
import { serverOf } from '../merge/registry.ts';
import { usedReferences } from '../merge/secret-references.ts';
import { isVaultAddress } from '../secret-values.ts';
import type { Report } from './wrong.ts';

const vaultExample = 'https://shop.vault.azure.net/secrets/database-url';

/** Finds references to secrets and identities that lead nowhere. */
export function checkReferences(group: JsonObject, report: Report): void {
  const properties = propertiesOf(group);
  const ids = userIdentities(group);
  const known = (id: string | undefined) => ids.some((one) => sameId(one, id));
  const names = new Set<string>();
  for (const reference of objectsIn(properties, 'secretReferences')) {
    const name = textIn(reference, 'name') ?? '';
    const at = `properties.secretReferences[${name}]`;
    if (names.has(name)) report(at, 'is there twice', 'each name once');
    names.add(name);
    if (!isVaultAddress(textIn(reference, 'secretReferenceUri') ?? '')) {
      report(
        `${at}.secretReferenceUri`,
        'is not the address of a secret in Key Vault',
        vaultExample,
      );
    }
    if (!known(textIn(reference, 'identity'))) reportIdentity(`${at}.identity`, ids, report);
  }
  for (const name of usedReferences(group)) {
    if (names.has(name)) continue;
    const wrong = `has no ${name}, which something in the group refers to`;
    report('properties.secretReferences', wrong, 'each name that is referred to');
  }
  checkCredentials(properties, { ids, report });
}

function checkCredentials(
  properties: JsonObject,
  { ids, report }: { ids: readonly string[]; report: Report },
): void {
  const servers = new Set<string>();
  for (const credential of objectsIn(properties, 'imageRegistryCredentials')) {
    const server = textIn(credential, 'server') ?? '';
    const at = `properties.imageRegistryCredentials[${server}]`;
    if (servers.has(serverOf(server))) report(at, 'is there twice', 'each registry once');
    servers.add(serverOf(server));
    const identity = textIn(credential, 'identity') ?? '';
    const password = textIn(credential, 'password') ?? textIn(credential, 'passwordReference');
    if (identity !== '' && !ids.some((one) => sameId(one, identity))) {
      reportIdentity(`${at}.identity`, ids, report);
    }
    if (identity !== '' && password !== undefined) {
      report(at, 'has identity and password', 'one of them');
    }
    if (identity === '' && (textIn(credential, 'username') ?? '') === '') {
      report(at, 'has neither identity nor username', 'identity, or username with password');
    }
  }
}

function reportIdentity(at: string, ids: readonly string[], report: Report): void {
  report(at, 'is no identity of the group', ids[0] ?? 'one of identity.userAssignedIdentities');
}
