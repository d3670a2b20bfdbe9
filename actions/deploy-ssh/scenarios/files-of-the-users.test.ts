import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle, hostFile, hostFolder, makeWorld, type World } from './world.ts';

describe('files that the users or the release bring', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
    await bring('dist/index.html', 'version 1');
    await mkdir(join(world.path, 'shared/storage/uploads'), { recursive: true });
    await writeFile(join(world.path, 'shared/storage/uploads/cat.jpg'), 'of a user');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  async function bring(name: string, text: string): Promise<void> {
    const file = join(world.runner.workspace, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const deploy = (more: Record<string, string>) => {
    const { 'health-path': _, ...inputs } = world.inputs;
    return world.runner.start(bundle, { ...inputs, mode: 'release', source: 'dist', ...more }).done;
  };
  async function refused(more: Record<string, string>): Promise<string> {
    const step = await deploy(more);
    expect([step.code, step.outputs['status']]).not.toEqual([0, 'deployed']);
    expect(step.errors).toHaveLength(1);
    return step.errors[0]?.text ?? '';
  }

  it.each(['storage/\nstorage/uploads/', 'storage/uploads/\nstorage/', 'storage/\nstorage'])(
    'stay in shared/ when its lines contradict each other: %j',
    async (shared) => {
      expect(await refused({ shared })).toMatch(/^Input shared names storage/);
      expect(await hostFile(world, 'shared/storage/uploads/cat.jpg')).toBe('of a user');
    },
    30_000,
  );

  it('are served out of shared/ by each release', async () => {
    for (const run of ['1', '2']) {
      const step = await deploy({ shared: 'storage/', env: `RUN=${run}` });
      expect(step.errors).toEqual([]);
      expect(await hostFile(world, 'current/storage/uploads/cat.jpg')).toBe('of a user');
      expect(await hostFile(world, 'current/.env')).toBe(`RUN=${run}\n`);
    }
  }, 60_000);

  it('a shared .env is not emptied, and no shell reads it', async () => {
    await writeFile(join(world.path, 'shared/.env'), 'APP_NAME=My App\n');
    const shared = 'storage/\n.env';
    expect(await refused({ shared, env: 'A=1' })).toContain('Input shared names .env');
    const step = await deploy({ shared, before: 'echo "$SLIPWAY_RELEASE" > before.txt' });
    expect(step.errors).toEqual([]);
    expect(await hostFile(world, 'shared/.env')).toBe('APP_NAME=My App\n');
    expect(await hostFile(world, 'current/.env')).toBe('APP_NAME=My App\n');
    expect(await hostFile(world, 'current/before.txt')).toBe(`${step.outputs['release']}\n`);
  }, 60_000);

  it('a .env among the files is left alone, and never replaced', async () => {
    await bring('dist/.env', 'GREETING=hello you\n');
    const serving = hostFolder(world, 'releases').at(-1);
    expect(await refused({ secrets: 'TOKEN=1' })).toContain('the release brings a .env');
    expect(hostFolder(world, 'releases').at(-1)).toBe(serving);
    expect((await deploy({})).errors).toEqual([]);
    expect(await hostFile(world, 'current/.env')).toBe('GREETING=hello you\n');
  }, 60_000);

  it('that are none at all are an error', async () => {
    await bring('empty/.slipwayignore', '*\n');
    await bring('empty/left-out.html', 'left out');
    await mkdir(join(world.runner.workspace, 'nothing/in'), { recursive: true });
    const before = await readFile(join(world.path, 'current/index.html'), 'utf8');
    for (const source of ['empty', 'nothing']) {
      expect(await refused({ source })).toContain(
        `Input source names ${source}, which holds no file to send`,
      );
    }
    expect(await hostFile(world, 'current/index.html')).toBe(before);
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);
});
