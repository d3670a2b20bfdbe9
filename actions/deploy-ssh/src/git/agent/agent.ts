import { Duplex } from 'node:stream';
import type { BaseAgent, ParsedKey } from 'ssh2';
import { uint32, WireReader, wireString } from '../../keys/ssh-wire.ts';
import { type LoginRequest, readLoginRequest } from './login-request.ts';

const failure = 5;
const identitiesRequest = 11;
const identitiesAnswer = 12;
const signRequest = 13;
const signResponse = 14;
const mostBytes = 256 * 1024;

/** Whether a login is one that the agent is there for. */
export type Allows = (login: LoginRequest) => boolean;

/**
 * An agent with one key, for the connection that forwards it. It signs only the logins that `allows`
 * allows; the other side never sees the key. The agent of the library fails at a message that it does
 * not know, and OpenSSH begins with one (`session-bind@openssh.com`).
 */
export async function keyAgent(key: ParsedKey, allows: Allows): Promise<BaseAgent> {
  const { default: ssh2 } = await import('ssh2');
  const refuse = (done: ((error: Error) => void) | undefined) =>
    done?.(new Error('this agent is only forwarded'));
  return new (class extends ssh2.BaseAgent {
    override getIdentities(done: (error: Error) => void): void {
      refuse(done);
    }
    override sign(...args: unknown[]): void {
      const done = args.at(-1);
      if (typeof done === 'function') refuse((error) => done(error));
    }
    override getStream(done: (error: undefined, stream: Duplex) => void): void {
      done(undefined, agentStream(key, allows));
    }
  })();
}

/** One conversation with the agent: requests are written to it, answers are read from it. */
export function agentStream(key: ParsedKey, allows: Allows): Duplex {
  let waiting = Buffer.alloc(0);
  return new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 4) {
        const length = waiting.readUInt32BE(0);
        if (length > mostBytes) {
          this.push(null);
          break;
        }
        if (waiting.length < 4 + length) break;
        this.push(wireString(answerTo(waiting.subarray(4, 4 + length), key, allows)));
        waiting = waiting.subarray(4 + length);
      }
      done();
    },
    final(done) {
      this.push(null);
      done();
    },
  });
}

/**
 * The answer to one message.
 * Source: draft-ietf-sshm-ssh-agent, sections 3.5 and 3.6
 */
export function answerTo(message: Buffer, key: ParsedKey, allows: Allows): Buffer {
  const open = key.getPublicSSH();
  switch (message[0]) {
    case identitiesRequest:
      return Buffer.concat([
        Buffer.from([identitiesAnswer]),
        uint32(1),
        wireString(open),
        wireString('deploy key'),
      ]);
    case signRequest: {
      const reader = new WireReader(message.subarray(1));
      const [wanted, data, flags] = [reader.string(), reader.string(), reader.uint32()];
      const signature =
        wanted?.equals(open) &&
        data &&
        flags !== undefined &&
        isLogin(data, open, allows) &&
        trySign(data, key, flags);
      if (!signature) return Buffer.from([failure]);
      return Buffer.concat([Buffer.from([signResponse]), wireString(signature)]);
    }
    default:
      return Buffer.from([failure]);
  }
}

function isLogin(data: Buffer, open: Buffer, allows: Allows): boolean {
  const login = readLoginRequest(data);
  return login?.key.equals(open) === true && allows(login);
}

const rsa: ReadonlyArray<readonly [flag: number, name: string, digest: string]> = [
  [4, 'rsa-sha2-512', 'sha512'],
  [2, 'rsa-sha2-256', 'sha256'],
];
const curves: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

// A key may be too short for the digest.
function trySign(data: Buffer, key: ParsedKey, flags: number): Buffer | undefined {
  try {
    return signed(data, key, flags);
  } catch {
    return undefined;
  }
}

/** A signature as SSH writes it (RFC 4253, 6.6; RFC 5656, 3.1.2; RFC 8709, 6); none with SHA-1. */
function signed(data: Buffer, key: ParsedKey, flags: number): Buffer | undefined {
  const { createPrivateKey, sign } = process.getBuiltinModule('node:crypto');
  const secret = createPrivateKey(key.getPrivatePEM());
  if (key.type === 'ssh-ed25519') return named(key.type, sign(null, data, secret));
  if (key.type === 'ssh-rsa') {
    const [, name, digest] = rsa.find(([flag]) => (flags & flag) !== 0) ?? [];
    return name && digest ? named(name, sign(digest, data, secret)) : undefined;
  }
  const digest = curves[key.type];
  if (!digest) return undefined;
  const both = sign(digest, data, { key: secret, dsaEncoding: 'ieee-p1363' });
  const half = both.length / 2;
  const numbers = [both.subarray(0, half), both.subarray(half)].map(positive);
  return named(key.type, Buffer.concat(numbers.map(wireString)));
}

function named(name: string, signature: Buffer): Buffer {
  return Buffer.concat([wireString(name), wireString(signature)]);
}

/** A number as SSH writes it (RFC 4251, section 5): as short as it can be, and not negative. */
function positive(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
  return (short[0] ?? 0) >= 128 ? Buffer.concat([Buffer.from([0]), short]) : short;
}
