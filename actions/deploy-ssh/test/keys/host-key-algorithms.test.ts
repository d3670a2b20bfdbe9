import { describe, expect, it } from '@jest/globals';
import ssh2 from 'ssh2';
import { hostKeyAlgorithms } from '../../src/keys/host-key-algorithms.ts';
import { knownHosts } from '../../src/keys/known-hosts.ts';
import { openKey } from '../../src/keys/open-key.ts';
import { strongKey } from '../../src/keys/strong-key.ts';

const lineOf = (kind: 'rsa' | 'ecdsa' | 'ed25519') => {
  const { public: open } =
    kind === 'ed25519'
      ? ssh2.utils.generateKeyPairSync(kind)
      : kind === 'rsa'
        ? ssh2.utils.generateKeyPairSync(kind, { bits: 2048 })
        : ssh2.utils.generateKeyPairSync(kind, { bits: 384 });
  return `web ${open}`;
};
const usual = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

describe('a host is asked for its key', () => {
  it.each<[string, Array<'rsa' | 'ecdsa' | 'ed25519'>, string[]]>([
    ['nothing', [], ['ssh-ed25519']],
    ['RSA', ['rsa'], ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']],
    ['ECDSA', ['ecdsa'], ['ecdsa-sha2-nistp384', 'ssh-ed25519']],
    ['RSA and Ed25519', ['rsa', 'ed25519'], ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256']],
  ])('where %s is pinned, by that first, and never by SHA-1', (_, pinned, first) => {
    const asked = hostKeyAlgorithms(knownHosts.parse(pinned.map(lineOf).join('\n')), 'web');
    expect(asked.slice(0, first.length)).toEqual(first);
    expect([...asked].sort()).toEqual([...usual].sort());
  });
});

describe('a key of RSA', () => {
  it('signs by SHA-2 only', async () => {
    const { private: text } = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
    const key = await openKey({ text, passphrase: undefined });
    let refused = 0;
    const strong = strongKey(key, () => (refused += 1));
    const data = Buffer.from('data');
    expect(key.verify(data, strong.sign(data, 'sha256'), 'sha256')).toBe(true);
    expect(key.verify(data, strong.sign(data, 'sha512'), 'sha512')).toBe(true);
    expect(refused).toBe(0);
    for (const digest of ['sha1', undefined])
      expect(() => strong.sign(data, digest)).toThrow('SHA-1');
    expect(refused).toBe(2);
  });
});
