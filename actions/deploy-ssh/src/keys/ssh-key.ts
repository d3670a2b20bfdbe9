import type { JsonWebKey, KeyObject } from 'node:crypto';
import { BadInput } from '@slipway/shared/action/input';
import type { Failure } from '@slipway/shared/failure/failure';
import { inputFailure } from '../input-failure.ts';
import { keyExample, type PrivateKeyText } from './private-key.ts';
import { uint32, WireReader, wireString } from './ssh-wire.ts';

/** A key that the SSH library reads; `passphrase` only where it still has to open it. */
export interface SshKey {
  text: string;
  passphrase: string | undefined;
}

/** An input with a key. */
export type KeyInput = LoginKey | 'deploy-key';

/** An input with a key that logs in to a machine. */
export type LoginKey = 'private-key' | 'jump-private-key';

/** An input with the passphrase of a key. */
export type PassphraseInput = 'passphrase' | 'jump-passphrase';

/** The input with the passphrase of the key in another one. */
export function passphraseInput(key: KeyInput): PassphraseInput {
  return key === 'jump-private-key' ? 'jump-passphrase' : 'passphrase';
}

/** The passphrase is missing or wrong: the problem of another input than the key's. */
export class BadPassphrase extends BadInput {}

const magic = Buffer.from('openssh-key-v1\0');
const usable = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521))$/;
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Reads a key as far as that takes no SSH library, and turns PKCS#8 and encrypted PEM, which the
 * library does not know or knows in part, into a form that it reads. Whether the passphrase opens
 * an OpenSSH key is left to the library: its bcrypt is not in Node.
 * @throws BadPassphrase when the key is encrypted and the passphrase is missing or wrong
 * @throws BadInput when the key is damaged or of a type that SSH has no use for
 */
export function readKey(
  { kind, text }: PrivateKeyText,
  passphrase: string | undefined,
  input: KeyInput = 'private-key',
): SshKey {
  if (kind === 'OPENSSH PRIVATE KEY') return readOpenSsh(text, passphrase, input);
  const encrypted = kind.startsWith('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED$/m.test(text);
  if (encrypted && passphrase === undefined) throw missing(input);
  return { text: sshForm(openPem(text, passphrase, encrypted, input)), passphrase: undefined };
}

function missing(input: KeyInput): BadPassphrase {
  return new BadPassphrase(`is required: ${input} is encrypted`, 'the passphrase of the key');
}

/** The failure for a key that the SSH library did not read; `error` is what it said. */
export function unreadable(
  error: Error | undefined,
  passphrase: string | undefined,
  input: KeyInput,
): Failure {
  const said = error?.message.replace(/^Error: /, '') ?? 'it holds no key';
  // With a wrong passphrase the decrypted bytes fail their check.
  const shut = passphrase !== undefined && /integrity|decrypt|malformed|passphrase/i.test(said);
  const wrong = shut ? wrongPassphrase(input) : damaged(said);
  return inputFailure(shut ? passphraseInput(input) : input, wrong.message, wrong.example);
}

function wrongPassphrase(input: KeyInput): BadPassphrase {
  return new BadPassphrase(`does not open ${input}`, 'the passphrase of the key');
}

function openPem(
  text: string,
  passphrase: string | undefined,
  encrypted: boolean,
  input: KeyInput,
): KeyObject {
  const { createPrivateKey } = process.getBuiltinModule('node:crypto');
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    // The error of OpenSSL may quote what it read.
    throw encrypted ? wrongPassphrase(input) : damaged('its content is not a key');
  }
}

function damaged(how: string): BadInput {
  return new BadInput(`is damaged or cut off: ${how}`, keyExample);
}

function sshForm(key: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (type === 'ec' && curves.includes(details?.namedCurve ?? '')) {
    return key.export({ type: 'sec1', format: 'pem' }).toString();
  }
  if (type === 'ed25519') return openSshEd25519(key.export({ format: 'jwk' }));
  throw unusable(type === 'ec' ? `ec ${details?.namedCurve}` : `${type}`);
}

function unusable(type: string): BadInput {
  return new BadInput(`holds a key of type ${type}, which cannot be used`, 'an ed25519 key');
}

// Ed25519 has no PEM form of its own; thirty bytes of framing are no reason for a library.
// Source: PROTOCOL.key of OpenSSH
function openSshEd25519({ x = '', d = '' }: JsonWebKey): string {
  const [open, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const publicKey = Buffer.concat([wireString('ssh-ed25519'), wireString(open)]);
  const check = uint32(0);
  const secret = Buffer.concat([
    check,
    check,
    publicKey,
    wireString(Buffer.concat([seed, open])),
    wireString(''),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, -secret.length & 7));
  const bytes = Buffer.concat([
    magic,
    wireString('none'),
    wireString('none'),
    wireString(''),
    uint32(1),
    wireString(publicKey),
    wireString(Buffer.concat([secret, padding])),
  ]);
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function readOpenSsh(text: string, passphrase: string | undefined, input: KeyInput): SshKey {
  const body = text.split('\n').slice(1, -2).join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body)) throw damaged('its content is not base64');
  const bytes = Buffer.from(body, 'base64');
  if (!bytes.subarray(0, magic.length).equals(magic)) throw damaged('its content is not a key');
  const reader = new WireReader(bytes.subarray(magic.length));
  const cipher = reader.string()?.toString('latin1');
  reader.string(); // the name of the key derivation
  reader.string(); // its options
  const count = reader.uint32();
  const publicKey = reader.string();
  const secret = reader.string();
  const type = publicKey && new WireReader(publicKey).string()?.toString('latin1');
  if (count !== 1 || !secret || !type) throw damaged('a part of it is missing');
  // The name comes out of a secret: it is said only where it looks like one.
  if (!usable.test(type)) throw unusable(/^[a-z0-9@.-]{3,60}$/.test(type) ? type : 'unknown');
  if (cipher !== 'none' && passphrase === undefined) throw missing(input);
  return { text, passphrase: cipher === 'none' ? undefined : passphrase };
}
