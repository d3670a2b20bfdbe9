import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { fingerprintOf, knownHosts } from '../src/keys/known-hosts.ts';
import { openKey } from '../src/keys/open-key.ts';
import { hostAddress } from '../src/ssh/address.ts';
import { openHost } from '../src/ssh/host.ts';

const { signal } = new AbortController();
const kinds = ['rsa', 'ecdsa'] as const;

/** What a host of ours has after its installation: a key of each kind. */
describe('a host with three keys', () => {
  let folder: string;
  let sshd: LocalSshd;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-host-keys-'));
    for (const kind of kinds) {
      const file = join(folder, kind);
      execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', 'slipway', '-f', file]);
      chmodSync(file, 0o600);
    }
    sshd = await startSshd(kinds.map((kind) => `HostKey ${join(folder, kind)}`).join('\n'));
  }, 30_000);
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const lineOf = (kind: 'rsa' | 'ecdsa' | 'ed25519') => {
    if (kind === 'ed25519') return sshd.knownHosts;
    const open = readFileSync(join(folder, `${kind}.pub`), 'utf8').split(' ');
    return `[127.0.0.1]:${sshd.port} ${open[0]} ${open[1]}`;
  };
  const runs = async (pins: string, key = sshd.privateKey) => {
    const parsed = await openKey({ text: key, passphrase: undefined });
    const host = await openHost(hostAddress.parse(sshd.address), {
      key: parsed,
      pins: knownHosts.parse(pins),
    });
    try {
      return (await host.run('a step', 'echo on', signal)).stdout;
    } finally {
      await host.close();
    }
  };

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'is known by its %s key alone',
    async (kind) => {
      expect(await runs(lineOf(kind))).toBe('on\n');
    },
    30_000,
  );

  it('is not known by another key of a pinned kind, whatever else is pinned', async () => {
    const [, , right = ''] = lineOf('rsa').split(' ');
    const wrong = lineOf('rsa').replace(right, otherRsa());
    const fingerprint = fingerprintOf(Buffer.from(right, 'base64'));
    await expect(runs(wrong)).rejects.toMatchObject({ code: 'ssh/host-key-changed' });
    await expect(runs(`${fingerprint}\n${wrong}`)).rejects.toMatchObject({
      code: 'ssh/host-key-changed',
    });
  }, 30_000);

  const otherRsa = () => {
    const file = join(folder, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-N', '', '-f', file], { input: 'y\n' });
    return readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '';
  };
});

describe('a server that knows SHA-1 only', () => {
  it('does not prove its key by it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-sha1-'));
    const file = join(folder, 'rsa');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-N', '', '-f', file]);
    await using sshd = await startSshd(`HostKeyAlgorithms ssh-rsa\nHostKey ${file}`);
    const open = readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
    const pins = knownHosts.parse(`[127.0.0.1]:${sshd.port} ${open}`);
    const host = await openHost(hostAddress.parse(sshd.address), { key, pins });
    await expect(host.run('a step', ':', signal)).rejects.toMatchObject({
      code: 'ssh/unreachable',
    });
    await host.close();
    rmSync(folder, { recursive: true });
  }, 30_000);
});
