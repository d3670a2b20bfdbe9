import type { ParsedKey } from 'ssh2';
import type { Settings } from '../settings.ts';
import { type KeyInput, type SshKey, unreadable } from './ssh-key.ts';

/** The keys that log in. */
export interface Keys {
  /** To the hosts. */
  host: ParsedKey;
  /** To the jump hosts; the same when they have none of their own. */
  jump: ParsedKey;
}

/** Opens the keys of a deployment. */
export async function openKeys({ key, jumpKey }: Pick<Settings, 'key' | 'jumpKey'>): Promise<Keys> {
  const host = await openKey(key);
  return { host, jump: jumpKey ? await openKey(jumpKey, 'jump-private-key') : host };
}

/**
 * Opens a key, once for all hosts: the key derivation of a passphrase takes its time on purpose.
 * @param input that it came from
 * @throws Failure `action/input` when the passphrase does not fit, or the library cannot read the key
 */
export async function openKey(
  { text, passphrase }: SshKey,
  input: KeyInput = 'private-key',
): Promise<ParsedKey> {
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw unreadable(key, passphrase, input);
  return key;
}
