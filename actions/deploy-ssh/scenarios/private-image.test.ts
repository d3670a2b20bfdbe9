import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { variant } from './images.ts';
import { bundle, makeWorld, registry, type World } from './world.ts';

const login = { username: 'robot', password: 'known-to-the-host-only' };

/** The host has a login of its own; the runner has none. */
describe('an image that only the host may pull', () => {
  let world: World;
  let closed: LocalRegistry;
  let image: string;

  beforeAll(async () => {
    [world, closed] = await Promise.all([makeWorld(), startRegistry(login)]);
    const app = await pushApp(registry, 'private', 'good');
    image = await variant(app, { version: 'private-1' }, { host: closed.host, login }, '1.0');
    image = `${closed.host}/app@${image.split('@')[1]}`;
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const config = JSON.stringify({ auths: { [closed.host]: { auth } } });
    await writeFile(join(world.sshd.home, '.docker/config.json'), config);
  }, 90_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await closed[Symbol.asyncDispose]();
  }, 30_000);

  const deploy = (inputs: Record<string, string>) =>
    world.runner.start(bundle, { ...world.inputs, ...inputs }).done;

  it('is refused by its tag, as that needs the registry', async () => {
    const step = await deploy({ image: `${closed.host}/app:1.0` });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: image/denied']);
    expect(step.outputs['status']).toBe('failed');
  }, 60_000);

  it('is deployed by its digest', async () => {
    const step = await deploy({ image });
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'deployed', image });
    expect(step.log.split('is not checked, as the registry did not tell it')).toHaveLength(2);
    expect(await world.ask()).toContain('version private-1');
  }, 60_000);

  it('that nobody has fails by the pull of the host, before anything is touched', async () => {
    const missing = `${closed.host}/app@sha256:${'0'.repeat(64)}`;
    const step = await deploy({ image: missing });
    expect(step.errors[0]?.text).toMatch(/docker pull on 127\.0\.0\.1 ended .*not found/s);
    expect(step.outputs['status']).toBe('failed');
    expect(await world.ask()).toContain('version private-1');
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);
});
