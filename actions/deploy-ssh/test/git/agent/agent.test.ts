import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ParsedKey } from 'ssh2';
import { agentStream, answerTo } from '../../../src/git/agent/agent.ts';
import { type LoginRequest, readLoginRequest } from '../../../src/git/agent/login-request.ts';
import { openKey } from '../../../src/keys/open-key.ts';
import { readKey } from '../../../src/keys/ssh-key.ts';
import { uint32, WireReader, wireString } from '../../../src/keys/ssh-wire.ts';

const other = generateKeyPairSync('ed25519');

/** What ssh wants to have signed when it logs in (RFC 4252, section 7). */
function loginData(open: Buffer, algorithm: string, more: Partial<Login> = {}): Buffer {
  const usual = { session: Buffer.alloc(32, 7), user: 'git', service: 'ssh-connection' };
  const { session, user, service, method, hostKey } = { ...usual, method: 'publickey', ...more };
  return Buffer.concat([
    wireString(session),
    Buffer.from([50]),
    wireString(user),
    wireString(service),
    wireString(method),
    Buffer.from([1]),
    wireString(algorithm),
    wireString(open),
    ...(hostKey ? [wireString(hostKey)] : []),
  ]);
}

interface Login {
  session: Buffer;
  user: string;
  service: string;
  method: string;
  hostKey: Buffer;
}

const allows = ({ user, hostKey }: LoginRequest) =>
  user === 'git' && (hostKey === undefined || hostKey.toString() === 'of the server');
const failure = Buffer.from([5]);
const curve = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve }).privateKey;
const ed25519 = () => generateKeyPairSync('ed25519').privateKey;
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

async function keyOf(secret: KeyObject): Promise<ParsedKey> {
  const text = secret.export({ type: 'pkcs8', format: 'pem' }).toString();
  return openKey(readKey({ kind: 'PRIVATE KEY', text }, undefined), 'deploy-key');
}

function signRequest(open: Buffer, flags: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([13]), wireString(open), wireString(data), uint32(flags)]);
}

/** Strings that follow one another. */
function stringsOf(bytes: Buffer | undefined): Buffer[] {
  const reader = new WireReader(bytes ?? Buffer.alloc(0));
  const strings: Buffer[] = [];
  for (let one = reader.string(); one !== undefined; one = reader.string()) strings.push(one);
  expect(reader.left).toBe(0);
  return strings;
}

/** A number of SSH as one of two halves of so many bytes. */
function half(number: Buffer, size: number): Buffer {
  const bytes = number[0] === 0 ? number.subarray(1) : number;
  return Buffer.concat([Buffer.alloc(size - bytes.length), bytes]);
}

const otherOpen = Buffer.concat([
  wireString('ssh-ed25519'),
  wireString(Buffer.from(other.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')),
]);
const bound = (open: Buffer, server: string) =>
  loginData(open, 'ssh-ed25519', {
    method: 'publickey-hostbound-v00@openssh.com',
    hostKey: Buffer.from(server),
  });

describe('the agent', () => {
  it.each([
    ['ssh-ed25519', ed25519, 0, null, 0],
    ['rsa-sha2-512', rsa, 4, 'sha512', 0],
    ['rsa-sha2-256', rsa, 2, 'sha256', 0],
    ['ecdsa-sha2-nistp256', curve('prime256v1'), 0, 'sha256', 32],
    ['ecdsa-sha2-nistp384', curve('secp384r1'), 0, 'sha384', 48],
    ['ecdsa-sha2-nistp521', curve('secp521r1'), 0, 'sha512', 66],
  ])('signs by %s', async (name, make, flags, digest, size) => {
    const secret = make();
    const key = await keyOf(secret);
    const data = loginData(key.getPublicSSH(), name);
    const answer = answerTo(signRequest(key.getPublicSSH(), flags, data), key, allows);
    expect(answer[0]).toBe(14);
    const [signature] = stringsOf(answer.subarray(1));
    const [said, blob = Buffer.alloc(0)] = stringsOf(signature);
    expect(said?.toString()).toBe(name);
    const plain = size === 0 ? blob : Buffer.concat(stringsOf(blob).map((n) => half(n, size)));
    const open = { key: createPublicKey(secret), dsaEncoding: 'ieee-p1363' as const };
    expect(verify(digest, data, open, plain)).toBe(true);
  });

  it('shows its key, and refuses everything else', async () => {
    const [key, another, weak] = await Promise.all([ed25519(), ed25519(), rsa(512)].map(keyOf));
    if (!key || !another || !weak) throw new Error('no keys');
    const login = (one: ParsedKey) => loginData(one.getPublicSSH(), one.type);
    const shown = answerTo(Buffer.from([11]), key, allows);
    expect([shown[0], shown.readUInt32BE(1)]).toEqual([12, 1]);
    expect(stringsOf(shown.subarray(5))).toEqual([key.getPublicSSH(), Buffer.from('deploy key')]);
    for (const message of [
      signRequest(another.getPublicSSH(), 0, login(another)),
      signRequest(key.getPublicSSH(), 0, login(key)).subarray(0, 60),
      Buffer.from([17]), // to take a key in
      Buffer.from([]),
    ]) {
      expect(answerTo(message, key, allows)).toEqual(failure);
    }
    // SHA-1, which a client asks for when it sets no flag; a digest that does not fit into the key.
    for (const flags of [0, 4]) {
      const message = signRequest(weak.getPublicSSH(), flags, login(weak));
      expect(answerTo(message, weak, allows)).toEqual(failure);
    }
  });

  it.each<[string, boolean, (open: Buffer) => Buffer]>([
    ['a login', true, (open) => loginData(open, 'ssh-ed25519')],
    ['a login that names the server', true, (open) => bound(open, 'of the server')],
    ['a login to another server', false, (open) => bound(open, 'of another')],
    ['a login of another user', false, (open) => loginData(open, 'ssh-ed25519', { user: 'root' })],
    ['a login with another key', false, () => loginData(otherOpen, 'ssh-ed25519')],
    ['another service', false, (open) => loginData(open, 'x', { service: 'ssh-userauth' })],
    ['another way to log in', false, (open) => loginData(open, 'x', { method: 'hostbased' })],
    ['no session', false, (open) => loginData(open, 'x', { session: Buffer.alloc(0) })],
    ['more than a login', false, (open) => Buffer.concat([loginData(open, 'x'), Buffer.from('x')])],
    ['a file or a commit', false, () => Buffer.from('SSHSIG\0\0\0\x03git')],
    ['nothing', false, () => Buffer.alloc(0)],
  ])('asked to sign %s does so: %s', async (_, does, make) => {
    const key = await keyOf(ed25519());
    const open = key.getPublicSSH();
    const answer = answerTo(signRequest(open, 0, make(open)), key, allows);
    expect(answer[0]).toBe(does ? 14 : 5);
  });

  it('is asked in vain with any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readLoginRequest(Buffer.from(bytes))).toBeUndefined();
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps its place, however the messages are cut', async () => {
    const key = await keyOf(ed25519());
    const extension = Buffer.concat([
      Buffer.from([27]),
      wireString('session-bind@openssh.com'),
      wireString('data'),
    ]);
    const open = key.getPublicSSH();
    const sign = signRequest(open, 0, loginData(open, key.type));
    const messages = [extension, Buffer.from([11]), sign, extension];
    const wanted = Buffer.concat(messages.map((one) => wireString(answerTo(one, key, allows))));
    const bytes = Buffer.concat(messages.map((one) => wireString(one)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const stream = agentStream(key, allows);
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        for (const [index, end] of ends.entries()) {
          stream.write(bytes.subarray(ends[index - 1] ?? 0, end));
        }
        stream.end();
        expect(Buffer.concat(await stream.toArray())).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });

  it('ends the conversation at a message that is too long', async () => {
    const stream = agentStream(await keyOf(ed25519()), allows);
    stream.write(uint32(0xffffffff));
    expect(await stream.toArray()).toEqual([]);
  });
});
