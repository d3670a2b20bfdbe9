import { existsSync, statSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { filesWith } from './files-with.ts';
import { variant } from './images.ts';
import { makeKey } from './keys.ts';
import { type Sightings, watchProcesses } from './watch-processes.ts';
import { bundle, hostFolder, makeWorld, registry, type World } from './world.ts';

const login = { username: 'robot', password: 'pl4nted-registry-password' };
const wrong = 'pl4nted-wrong-password';
const token = 'pl4nted-token-of-the-app';
// Another one than that of the other tests, as all processes of the machine are looked at.
const passphrase = 'pl4nted passphrase';

describe('secrets', () => {
  let world: World;
  let closed: LocalRegistry;
  let images: { good: string; next: string };
  let inputs: Record<string, string>;
  let planted: Record<string, string>;

  beforeAll(async () => {
    [world, closed] = await Promise.all([makeWorld(), startRegistry(login)]);
    const app = await pushApp(registry, 'secrets', 'good');
    const to = { host: closed.host, login };
    images = {
      good: await variant(app, { version: 'secrets-1' }, to),
      next: await variant(app, { version: 'secrets-2' }, to),
    };
    const key = await makeKey('-t ed25519', true, passphrase);
    await appendFile(join(world.sshd.folder, 'user_key.pub'), key.open);
    inputs = {
      ...world.inputs,
      'private-key': key.secret,
      passphrase,
      'registry-username': login.username,
      'registry-password': login.password,
      secrets: `TOKEN=${token}\n`,
    };
    planted = {
      key: key.secret.split('\n')[3] ?? '',
      passphrase,
      password: login.password,
      login: Buffer.from(`${login.username}:${login.password}`).toString('base64'),
      token,
    };
  }, 90_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await closed[Symbol.asyncDispose]();
  }, 30_000);

  const runs: Array<[string, () => Record<string, string>, string]> = [
    ['goes well', () => ({ image: images.good }), 'deployed'],
    [
      'is rolled back',
      () => ({ image: images.next, expect: 'none', timeout: '4s' }),
      'rolled-back',
    ],
    ['may not pull', () => ({ image: images.next, 'registry-password': wrong }), 'failed'],
  ];
  it.each(runs)(
    'stay where they belong in a run that %s',
    async (_, more, status) => {
      const step = world.runner.start(bundle, { ...inputs, ...more() });
      const texts = { ...planted, wrong };
      const seen = await watchProcesses(texts, step);
      const result = await step.done;
      expect(result.outputs['status']).toBe(status);
      nothingShown(result, texts);
      onlyWhereNeeded(seen);
      expect(filesWith(world.sshd.folder, texts)).toEqual(
        hostFolder(world, 'releases').map((id) => `token: ${world.project}/releases/${id}/env`),
      );
      expect(filesWith(join(world.runner.workspace, '..'), texts)).toEqual([]);
      for (const id of hostFolder(world, 'releases')) {
        expect(statSync(join(world.path, 'releases', id, 'env')).mode & 0o777).toBe(0o600);
        expect(statSync(join(world.path, 'releases', id)).mode & 0o777).toBe(0o700);
      }
      expect(existsSync(join(world.sshd.home, '.docker/config.json'))).toBe(false);
      expect(await world.ask()).toContain('version secrets-1');
      expect(world.lockIsFree()).toBe(true);
    },
    60_000,
  );

  function nothingShown(result: StepResult, texts: Record<string, string>): void {
    // The runner takes the masks off the log.
    const log = result.log.replace(/^::add-mask::.*\n/gm, '');
    for (const text of Object.values(texts)) {
      expect(log).not.toContain(text);
      expect(result.summary).not.toContain(text);
      expect(JSON.stringify(result.outputs)).not.toContain(text);
    }
    expect(result.masks).toEqual(expect.arrayContaining([passphrase, token]));
  }

  function onlyWhereNeeded({ commandLines, environments }: Sightings): void {
    expect(commandLines).toEqual([]);
    // Compose fills the file in from its environment and gives the app what that declares.
    expect(environments.filter((line) => !line.startsWith('token: '))).toEqual([]);
    expect(environments).toContain('token: node');
  }
});
