import type { Input } from '@slipway/shared/action/input';
import { secretMap } from '@slipway/shared/action/key-values';

const example = 'DATABASE_URL=https://shop.vault.azure.net/secrets/database-url';
const values = secretMap({ example });

/**
 * Names of variables and their values, or where Key Vault has them. An address in Key Vault is no
 * secret and is shown; anything else is one.
 */
export const secretValues: Input<Map<string, string>> = {
  ...values,
  secrets: (text) =>
    (values.secrets?.(text) ?? []).filter(
      (part) => !isVaultAddress(part.slice(part.indexOf('=') + 1)) && !isVaultAddress(part),
    ),
};

/**
 * Whether a text is the address of a secret in Key Vault, with or without its version.
 * Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
 */
export function isVaultAddress(value: string): boolean {
  return vaultAddress.test(value);
}

const vaultAddress =
  /^https:\/\/[a-z0-9-]{3,24}\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)\/secrets\/[a-zA-Z0-9-]{1,127}(?:\/[0-9a-f]{32})?\/?$/;
