import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle, makeWorld, type World } from './world.ts';

const secret = 'pl4nted-secret-of-the-app';

/** What a committer may put into a release, where the host's scripts come by. */
describe('a release that somebody hostile has made', () => {
  let world: World;
  let inputs: Record<string, string>;
  const site = (name: string) => join(world.runner.workspace, 'site', name);
  beforeAll(async () => {
    world = await makeWorld();
    const {
      hosts = '',
      path = '',
      'private-key': key = '',
      'known-hosts': pins = '',
    } = world.inputs;
    inputs = {
      hosts,
      path,
      'private-key': key,
      'known-hosts': pins,
      mode: 'release',
      source: 'site',
      secrets: `TOKEN=${secret}`,
      timeout: '30s',
      'lock-timeout': '10s',
    };
    mkdirSync(site('public'), { recursive: true });
    symlinkSync('public/env.txt', site('.env.part'));
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  const deploy = (more: Record<string, string> = {}) =>
    world.runner.start(bundle, { ...inputs, ...more }).done;
  const text = (name: string) => readFileSync(join(world.path, 'current', name), 'utf8');

  it('does not get the secrets into a file that is served', async () => {
    await writeFile(site('public/env.txt'), 'of the release');
    const step = await deploy();
    expect(step.errors).toEqual([]);
    expect(text('public/env.txt')).toBe('of the release');
    expect(text('.env')).toContain(secret);
    expect(lstatSync(join(world.path, 'current/.env')).mode & 0o777).toBe(0o600);
  }, 60_000);

  it('runs no command when the next one is rolled back', async () => {
    const pwned = join(world.path, 'pwned');
    const command = `$(touch\${IFS}${pwned})`;
    const line = `kept ${command} ${'a'.repeat(64)} x`;
    await writeFile(site('image'), `x\n${line}\n${line.replace(command, '../../evil')}\n`);
    await writeFile(site('proven'), '');
    const first = await deploy();
    await rm(site('image'));
    const second = await deploy();
    expect([first.outputs['status'], second.outputs['status']]).toEqual(['deployed', 'deployed']);

    const rollback = await deploy({ release: 'previous', source: '', secrets: '' });
    expect(rollback.errors).toEqual([]);
    expect(rollback.outputs['release']).toBe(first.outputs['release']);
    expect(readlinkSync(join(world.path, 'current'))).toBe(`releases/${first.outputs['release']}`);
    expect(existsSync(pwned)).toBe(false);
  }, 60_000);

  it('is no target of a rollback by a name that leads out of the releases', async () => {
    for (const release of ['../../evil', '20260101-000000000/../../evil', '$(id)']) {
      const step = await deploy({ release, source: '', secrets: '' });
      expect(step.errors[0]?.text).toContain(
        'Input release is neither previous nor the name of a release',
      );
    }
  }, 60_000);
});
