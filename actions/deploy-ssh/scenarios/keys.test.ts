import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type Key, makeKey, passphrase, pkcs8, rsaKey } from './keys.ts';
import { bundle, makeWorld, registry, type World } from './world.ts';

// All formats are in test/ssh-key.test.ts; here one of each way into the SSH library logs in.
const good: Array<[string, () => Promise<Key> | Key, Record<string, string>]> = [
  ['OpenSSH with a passphrase', () => makeKey('-t ed25519', true), { passphrase }],
  ['PEM RSA', () => rsaKey('PEM'), {}],
  ['PKCS#8 EC', () => makeKey('-t ecdsa -b 521 -m PKCS8'), {}],
  ['PKCS#8 Ed25519 with a passphrase', () => pkcs8('ed25519', true), { passphrase }],
];

describe('a private key', () => {
  let world: World;
  let image: string;
  beforeAll(async () => {
    world = await makeWorld();
    image = await pushApp(registry, 'keys', 'good');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  const plan = (inputs: Record<string, string>) =>
    world.runner.start(bundle, { ...world.inputs, image, 'dry-run': 'true', ...inputs }).done;

  it.each(good)('is read as %s', async (_, make, inputs) => {
    const { secret, open } = await make();
    await appendFile(join(world.sshd.folder, 'user_key.pub'), open);
    const step = await plan({ 'private-key': secret, ...inputs });
    expect(step.errors).toEqual([]);
    expect(step.outputs['status']).toBe('planned');
  });

  it('that the host does not know is named by its fingerprint', async () => {
    const { secret } = await makeKey('-t ed25519');
    const step = await plan({ 'private-key': secret });
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.title).toBe('deploy-ssh: ssh/auth');
    expect(step.errors[0]?.text).toMatch(
      /did not accept the key \(ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}\) for user/,
    );
  });
});
