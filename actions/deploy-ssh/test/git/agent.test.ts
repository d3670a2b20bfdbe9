import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ParsedKey } from 'ssh2';
import { agentStream, answerTo } from '../../src/git/agent.ts';
import { openKey } from '../../src/keys/open-key.ts';
import { readKey } from '../../src/keys/ssh-key.ts';
import { uint32, WireReader, wireString } from '../../src/keys/ssh-wire.ts';

const data = Buffer.from('what ssh wants to have signed');
const failure = Buffer.from([5]);
const curve = (namedCurve: string) => () => generateKeyPairSync('ec', { namedCurve }).privateKey;
const ed25519 = () => generateKeyPairSync('ed25519').privateKey;
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

async function keyOf(secret: KeyObject): Promise<ParsedKey> {
  const text = secret.export({ type: 'pkcs8', format: 'pem' }).toString();
  return openKey(readKey({ kind: 'PRIVATE KEY', text }, undefined), 'deploy-key');
}

function signRequest(open: Buffer, flags: number): Buffer {
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
    const answer = answerTo(signRequest(key.getPublicSSH(), flags), key);
    expect(answer[0]).toBe(14);
    const [signature] = stringsOf(answer.subarray(1));
    const [said, blob = Buffer.alloc(0)] = stringsOf(signature);
    expect(said?.toString()).toBe(name);
    const plain = size === 0 ? blob : Buffer.concat(stringsOf(blob).map((n) => half(n, size)));
    const open = { key: createPublicKey(secret), dsaEncoding: 'ieee-p1363' as const };
    expect(verify(digest, data, open, plain)).toBe(true);
  });

  it('shows its key, and refuses everything else', async () => {
    const [key, other, weak] = await Promise.all([ed25519(), ed25519(), rsa(512)].map(keyOf));
    if (!key || !other || !weak) throw new Error('no keys');
    const shown = answerTo(Buffer.from([11]), key);
    expect([shown[0], shown.readUInt32BE(1)]).toEqual([12, 1]);
    expect(stringsOf(shown.subarray(5))).toEqual([key.getPublicSSH(), Buffer.from('deploy key')]);
    for (const message of [
      signRequest(other.getPublicSSH(), 0),
      signRequest(key.getPublicSSH(), 0).subarray(0, 60),
      Buffer.from([17]), // to take a key in
      Buffer.from([]),
    ]) {
      expect(answerTo(message, key)).toEqual(failure);
    }
    // SHA-1, which a client asks for when it sets no flag; a digest that does not fit into the key.
    for (const flags of [0, 4]) {
      expect(answerTo(signRequest(weak.getPublicSSH(), flags), weak)).toEqual(failure);
    }
  });

  it('keeps its place, however the messages are cut', async () => {
    const key = await keyOf(ed25519());
    const extension = Buffer.concat([
      Buffer.from([27]),
      wireString('session-bind@openssh.com'),
      wireString(data),
    ]);
    const messages = [extension, Buffer.from([11]), signRequest(key.getPublicSSH(), 0), extension];
    const wanted = Buffer.concat(messages.map((one) => wireString(answerTo(one, key))));
    const bytes = Buffer.concat(messages.map((one) => wireString(one)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const stream = agentStream(key);
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
    const stream = agentStream(await keyOf(ed25519()));
    stream.write(uint32(0xffffffff));
    expect(await stream.toArray()).toEqual([]);
  });
});
