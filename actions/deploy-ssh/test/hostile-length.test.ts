import { describe, expect, it } from '@jest/globals';
import { BadInput, lines } from '@slipway/shared/action/input';
import { linearTime, threadTime } from '../../../packages/local-cloud/src/linear-time.ts';
import { envFileText } from '../src/host/env-file.ts';
import { judgeHostKey, knownHosts } from '../src/keys/known-hosts.ts';
import { privateKey } from '../src/keys/private-key.ts';
import { readKey } from '../src/keys/ssh-key.ts';
import { hostAddress } from '../src/ssh/address.ts';

const hosts = lines(hostAddress);
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

/** A text of at least so many characters. */
const much = (part: string, length: number) => part.repeat(Math.ceil(length / part.length));
const pem = (body: string) =>
  `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;

/** Texts as long as the input may be, of what a careless expression would go over again and again. */
const keys: Array<[string, (length: number) => string]> = [
  ['blanks', (length) => pem(`a: b\n${much(' ', length)}x`)],
  ['blanks and line breaks', (length) => pem(`a: b${much('\n ', length)}x`)],
  ['words', (length) => pem(much('aaaa-', length))],
  ['words with blanks', (length) => pem(much('aaaaaaaaa ', length))],
  ['ends', (length) => pem(much('-----END ', length))],
  ['begins', (length) => much('-----BEGIN ', length)],
  ['a long name', (length) => `-----BEGIN ${much('A', length)}`],
  ['a public key', (length) => `ssh-${much('a ', length)}`],
  ['a public key of blanks', (length) => `ssh-a${much(' ', length)}`],
  ['base64', (length) => `${much('QUJD ', length)}!`],
  ['\\n as two characters', (length) => much('\\n', length)],
];

const hostLists: Array<[string, (length: number) => string]> = [
  ['@', (length) => much('@', length)],
  ['a name', (length) => `a@${much('a', length)}`],
  ['letters beyond ASCII', (length) => `a@${much('é', length)}`],
  ['colons', (length) => `a@[${much(':', length)}]`],
  ['a zone', (length) => `a@[::1%${much('a-', length)}!`],
  ['blanks', (length) => `x${much(' ', length)}x`],
  ['line breaks', (length) => much('\n', length)],
  ['hosts', (length) => Array.from({ length: length / 10 }, (_, i) => `a@é${i}`).join('\n')],
];

const pinLists: Array<[string, (length: number) => string]> = [
  ['commas', (length) => `${much(',', length)} ${ed25519}`],
  ['exclamation marks', (length) => `${much('!', length)} ${ed25519}`],
  ['stars', (length) => `${much('*a', length)} ${ed25519}`],
  ['hashes', (length) => `${much('|1|A|A,', length)} ${ed25519}`],
  ['blanks', (length) => `x${much(' \t', length)}x`],
  ['line breaks', (length) => much('\r\n', length)],
  ['one key', (length) => `a ssh-rsa ${much('A', length)}`],
  ['keys', (length) => much(`|1|AAAA|AAAA ${ed25519}\n`, length)],
];

const values: Array<[string, (length: number) => string]> = ["'", '\\', '`', 'a', "'`\\$\n"].map(
  (part) => [JSON.stringify(part), (length) => much(part, length)],
);

describe('the longest text is read or refused at once', () => {
  const inputs: Array<[string, number, typeof keys, (text: string) => unknown]> = [
    ['private-key', 20_000, keys, (text) => readKey(privateKey.parse(text), 'x')],
    ['hosts', 100_000, hostLists, (text) => hosts.parse(text)],
    [
      'known-hosts',
      100_000,
      pinLists,
      (text) => judgeHostKey(knownHosts.parse(text), 'a'.repeat(250), Buffer.from('key')),
    ],
    ['env', 100_000, values, (text) => envFileText([['A', text]])],
  ];
  const rows = inputs.flatMap(([input, length, texts, read]) =>
    texts.map(([what, make]): [string, string, string, (text: string) => unknown] => [
      input,
      what,
      make(length),
      read,
    ]),
  );
  it.each(rows)('%s of %s', (_input, _what, text, read) => {
    const took = threadTime(() => {
      try {
        read(text);
      } catch (error) {
        expect(error).toBeInstanceOf(BadInput);
      }
    });
    // A hash for each line takes longer than a pass; a hundred thousand steps for each of a hundred thousand characters take twenty seconds.
    expect(took).toBeLessThan(5 * linearTime(text.length));
  });
});
