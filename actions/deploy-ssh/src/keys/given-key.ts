import { BadInput } from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import type { PrivateKeyText } from './private-key.ts';
import {
  BadPassphrase,
  type LoginKey,
  type PassphraseInput,
  passphraseInput,
  readKey,
  type SshKey,
} from './ssh-key.ts';

/** Reads a key with its passphrase; undefined when none was given, or there is a problem with it. */
export function givenKey(
  input: LoginKey,
  values: Readonly<
    Record<LoginKey, PrivateKeyText | undefined> & Record<PassphraseInput, string | undefined>
  >,
  problem: Problem,
): SshKey | undefined {
  const passphrase = passphraseInput(input);
  const [text, words] = [values[input], values[passphrase]];
  if (!text) {
    if (words !== undefined) problem(passphrase, `needs ${input}`);
    return undefined;
  }
  try {
    return readKey(text, words, input);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    problem(error instanceof BadPassphrase ? passphrase : input, error.message, error.example);
    return undefined;
  }
}
