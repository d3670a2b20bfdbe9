import type { ParsedKey } from 'ssh2';

/**
 * A key that signs nothing by SHA-1. The library falls back to that for a key of RSA where a server
 * does not say what it takes.
 */
export function strongKey(key: ParsedKey, refused: () => void): ParsedKey {
  if (key.type !== 'ssh-rsa') return key;
  const strong: ParsedKey = Object.create(key);
  strong.sign = (data: Buffer | string, algorithm?: string) => {
    if (algorithm === 'sha256' || algorithm === 'sha512') return key.sign(data, algorithm);
    refused();
    // The types of the library do not know that it returns an error instead of throwing it.
    throw new Error('a signature by SHA-1 was asked for');
  };
  return strong;
}
