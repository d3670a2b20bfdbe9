import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { type Key, makeKey, passphrase, pkcs8, rsaKey } from '../../scenarios/keys.ts';
import { privateKey } from '../../src/keys/private-key.ts';
import { BadPassphrase, readKey } from '../../src/keys/ssh-key.ts';

/** The public half, as `authorized_keys` has it, of what the SSH library makes of a pasted text. */
function publicHalf(pasted: string, words?: string): string {
  const { text, passphrase: left } = readKey(privateKey.parse(pasted), words);
  const parsed = ssh2.utils.parseKey(text, left);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) throw key ?? new Error('no key');
  const signature = key.sign('a message', key.type === 'ssh-rsa' ? 'sha256' : undefined);
  if (signature instanceof Error) throw signature;
  return `${key.type} ${key.getPublicSSH().toString('base64')}`;
}

const formats: Array<[string, () => Promise<Key> | Key]> = [
  ['OpenSSH Ed25519', () => makeKey('-t ed25519')],
  ['OpenSSH RSA', () => rsaKey('RFC4716')],
  ['OpenSSH ECDSA', () => makeKey('-t ecdsa -b 384')],
  ['OpenSSH Ed25519 with a passphrase', () => makeKey('-t ed25519', true)],
  [
    'OpenSSH Ed25519, AES-GCM, with a passphrase',
    () => makeKey('-t ed25519 -Z aes256-gcm@openssh.com', true),
  ],
  ['OpenSSH RSA with a passphrase', () => rsaKey('RFC4716', true)],
  ['PEM RSA', () => rsaKey('PEM')],
  ['PEM RSA with a passphrase', () => rsaKey('PEM', true)],
  ['PEM EC', () => makeKey('-t ecdsa -b 256 -m PEM')],
  ['PEM EC with a passphrase', () => makeKey('-t ecdsa -b 521 -m PEM', true)],
  ['PEM RSA, AES-256, with a passphrase', () => pemAes256()],
  ['PKCS#8 RSA', () => rsaKey('PKCS8')],
  ['PKCS#8 RSA with a passphrase', () => rsaKey('PKCS8', true)],
  ['PKCS#8 EC', () => makeKey('-t ecdsa -b 521 -m PKCS8')],
  ['PKCS#8 Ed25519', () => pkcs8('ed25519')],
  ['PKCS#8 Ed25519 with a passphrase', () => pkcs8('ed25519', true)],
];

/** The older form of encryption, with another cipher than the one that ssh-keygen takes. */
async function pemAes256(): Promise<Key> {
  const { secret, open } = await rsaKey('PEM');
  const form = { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
  return { secret: createPrivateKey(secret).export(form).toString(), open };
}

describe('a private key is read', () => {
  it.each(formats)('in the format %s', async (format, make) => {
    const { secret, open } = await make();
    const words = format.endsWith('passphrase') ? passphrase : undefined;
    expect(publicHalf(secret, words)).toBe(open.split(' ').slice(0, 2).join(' '));
  });

  const pasted: Array<[string, (key: string) => string]> = [
    ['CRLF', (key) => key.replaceAll('\n', '\r\n')],
    ['indented lines', (key) => key.replaceAll(/^/gm, '    ')],
    ['base64 around it', (key) => Buffer.from(key).toString('base64')],
    ['base64 with line breaks around it', (key) => wrapped(Buffer.from(key).toString('base64'))],
    ['\\n as two characters', (key) => key.replaceAll('\n', '\\n')],
    ['\\r\\n as four characters', (key) => key.replaceAll('\n', '\\r\\n')],
    ['no final newline', (key) => key.trimEnd()],
    ['blanks for line breaks', (key) => key.trimEnd().replaceAll('\n', ' ')],
    ['empty lines in it', (key) => key.replaceAll('\n', '\n\n')],
    ['text around it', (key) => `Bag Attributes\n  name: x\n${key}\nthanks\n`],
    ['the parameters of openssl before it', (key) => `${parameters}${key}`],
  ];
  it.each(pasted)('with %s', async (_, paste) => {
    for (const { secret, open } of await Promise.all([makeKey('-t ed25519'), pkcs8('ed25519')])) {
      expect(publicHalf(paste(secret))).toBe(open.split(' ').slice(0, 2).join(' '));
    }
  });
});

const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';

function wrapped(text: string): string {
  return text.replace(/.{60}/g, '$&\n');
}

describe('a private key is refused', () => {
  it.each([
    ['dsa', () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })],
    ['x25519', () => generateKeyPairSync('x25519')],
  ] as const)('when it is %s', (type, make) => {
    const pem = make().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readKey(privateKey.parse(pem), undefined)).toThrow(
      `holds a key of type ${type}, which cannot be used`,
    );
  });

  it('when it needs a hardware token', () => {
    const stub = openSsh('sk-ssh-ed25519@openssh.com');
    expect(() => readKey(privateKey.parse(stub), undefined)).toThrow(
      'holds a key of type sk-ssh-ed25519@openssh.com, which cannot be used',
    );
  });

  it('without its text when the type in it is no name', () => {
    expect(() => readKey(privateKey.parse(openSsh('s3cr3t\u0000bytes')), undefined)).toThrow(
      'holds a key of type unknown, which cannot be used',
    );
  });
});

/** A container of OpenSSH with a public key of some type. */
function openSsh(type: string): string {
  const field = (bytes: Buffer | string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(bytes));
    return Buffer.concat([length, Buffer.from(bytes)]);
  };
  const parts = [field('none'), field('none'), field(''), Buffer.from([0, 0, 0, 1])];
  const bytes = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...parts,
    field(field(type)),
    field('x'),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----`;
}

describe('any text as a private key', () => {
  const numRuns = 10_000;
  let keys: string[];
  beforeAll(async () => {
    const made = [makeKey('-t ed25519'), makeKey('-t ecdsa -m PEM', true), pkcs8('ed25519', true)];
    keys = (await Promise.all(made)).map(({ secret }) => secret);
  });

  /** Nothing but a complaint that shows nothing of the key. */
  function readOrRefused(text: string): void {
    try {
      readKey(privateKey.parse(text), undefined);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      for (const [run] of text.matchAll(/[A-Za-z0-9+/]{20,}/g)) {
        if (error.message.includes(run)) throw new Error(`it shows ${run}`);
      }
    }
  }

  it('is read or refused: random', () => {
    const part = fc.constantFrom(
      ...[
        '-----BEGIN ',
        '-----END ',
        '-----',
        'Proc-Type: 4,',
        'PuTTY-',
        '\n',
        '\\n',
        '\r',
        ' ',
        '=',
      ],
      ...['OPENSSH ', 'RSA ', 'ENCRYPTED ', 'PRIVATE KEY', 'PUBLIC KEY', 'CERTIFICATE'],
      ...[
        'b3BlbnNzaC1rZXktdjEA',
        'ssh-ed25519 ',
        'AAAAC3NzaC1lZDI1NTE5AAAAIJ',
        '\ufeff',
        '\0',
        'é',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: part, maxLength: 30, size: 'max' }),
      fc.string({ unit: anyCharacter, maxLength: 200 }),
    );
    fc.assert(fc.property(text, readOrRefused), { numRuns });
  });

  it('is read or refused: a key with something replaced', () => {
    const change = fc.tuple(fc.nat(), fc.nat(40), fc.string({ maxLength: 10 }), fc.nat());
    fc.assert(
      fc.property(change, ([at, length, put, which]) => {
        const key = keys[which % keys.length] ?? '';
        const start = at % key.length;
        readOrRefused(key.slice(0, start) + put + key.slice(start + length));
      }),
      { numRuns },
    );
  });

  it('asks for a passphrase only as a problem of that input', async () => {
    expect(() => readKey(privateKey.parse(keys[1] ?? ''), undefined)).toThrow(BadPassphrase);
    expect(() => readKey(privateKey.parse(keys[2] ?? ''), 'wrong')).toThrow(BadPassphrase);
  });
});
