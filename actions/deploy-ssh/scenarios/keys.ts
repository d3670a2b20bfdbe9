import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
 * Makes a key with ssh-keygen.
 * @param options such as `-t rsa -m PKCS8`
 */
export async function makeKey(options: string, encrypted = false): Promise<Key> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-key-'));
  const file = join(folder, 'key');
  try {
    const words = encrypted ? passphrase : '';
    await run('ssh-keygen', ['-q', ...options.split(' '), '-C', 'test', '-N', words, '-f', file]);
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
