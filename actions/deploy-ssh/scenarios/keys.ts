import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The passphrase of every key here that has one. */
export const passphrase = 'correct horse battery staple';

/** A key in a file format of ssh-keygen, with its public half for `authorized_keys`. */
export interface Key {
  secret: string;
  open: string;
}

/**
 * Makes a key with ssh-keygen. Its passphrase is stretched one round only, as that takes a second.
 * @param options such as `-t ed25519 -m PKCS8`
 * @param words the passphrase
 */
export function makeKey(
  options: string,
  encrypted = false,
  words = encrypted ? passphrase : '',
): Promise<Key> {
  return inFolder((file) =>
    keygen([...options.split(' '), '-a', '1', '-C', 'test', '-N', words, '-f', file]),
  );
}

let rsa: Promise<Key> | undefined;

/** The same RSA key each time, as making one takes a second, in a file format of ssh-keygen. */
export async function rsaKey(format: 'RFC4716' | 'PEM' | 'PKCS8', encrypted = false): Promise<Key> {
  rsa ??= makeKey('-t rsa -b 2048');
  const { secret, open } = await rsa;
  return inFolder(async (file) => {
    await Promise.all([writeFile(file, secret, { mode: 0o600 }), writeFile(`${file}.pub`, open)]);
    const words = encrypted ? passphrase : '';
    await keygen(['-p', '-m', format, '-a', '1', '-P', '', '-N', words, '-f', file]);
  });
}

async function keygen(args: readonly string[]): Promise<void> {
  await run('ssh-keygen', ['-q', ...args]);
}

async function inFolder(make: (file: string) => Promise<void>): Promise<Key> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  const file = join(folder, 'key');
  try {
    await make(file);
    const [secret, open] = await Promise.all([
      readFile(file, 'utf8'),
      readFile(`${file}.pub`, 'utf8'),
    ]);
    return { secret, open };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A key as Node's own crypto writes it: PKCS#8, also for types that ssh-keygen does not write so. */
export function pkcs8(type: 'ed25519' | 'ed448' | 'secp256k1', encrypted = false): Key {
  const { privateKey, publicKey } =
    type === 'secp256k1'
      ? generateKeyPairSync('ec', { namedCurve: type })
      : type === 'ed448'
        ? generateKeyPairSync('ed448')
        : generateKeyPairSync('ed25519');
  const lock = encrypted ? { cipher: 'aes-256-cbc', passphrase } : {};
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem', ...lock }).toString(),
    open: type === 'ed25519' ? openSshLine(publicKey.export({ format: 'jwk' }).x ?? '') : '',
  };
}

function openSshLine(x: string): string {
  const field = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const type = Buffer.from('ssh-ed25519');
  return `ssh-ed25519 ${Buffer.concat([field(type), field(Buffer.from(x, 'base64url'))]).toString('base64')} test\n`;
}
