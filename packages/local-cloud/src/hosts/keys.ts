import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A key pair of OpenSSH. */
export interface KeyPair {
  /** The private half, in OpenSSH's format. */
  privateKey: string;
  /** The public half, `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
}

/** Makes an ed25519 key pair without a passphrase: `file`, for its user only, and `file.pub`. */
export async function makeKeyPair(file: string): Promise<KeyPair> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  const [privateKey, publicKey] = await Promise.all([
    readFile(file, 'utf8'),
    readFile(`${file}.pub`, 'utf8'),
  ]);
  return { privateKey, publicKey: publicKey.trim() };
}
