import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { variant } from './images.ts';
import { bundle, hostFile, makeWorld, registry, type World } from './world.ts';

const run = promisify(execFile);

let world: World;
beforeEach(async () => {
  world = await makeWorld();
}, 30_000);
afterEach(async () => world[Symbol.asyncDispose](), 30_000);

const deploy = (inputs: Record<string, string>) =>
  world.runner.start(bundle, { ...world.inputs, ...inputs }).done;

describe('a first deployment where containers run that somebody else has started', () => {
  let byHand: string;
  let good: string;
  let bad: string;
  beforeAll(async () => {
    good = await pushApp(registry, 'adopt', 'good');
    bad = await pushApp(registry, 'adopt-bad', 'crash');
    byHand = await variant(good, { version: 'by-hand' });
  }, 60_000);

  /** Brings an app and a database up as one does by hand. */
  async function startByHand(): Promise<void> {
    await mkdir(world.path, { recursive: true });
    const usual = { image: byHand, restart: 'unless-stopped', stop_grace_period: '1s' };
    const web = { ...usual, environment: ['GREETING'], ports: [`127.0.0.1:${world.port}:3000`] };
    const content = { services: { web, db: usual } };
    await writeFile(join(world.path, 'compose.yaml'), JSON.stringify(content));
    await writeFile(join(world.path, '.env'), 'GREETING=as ever\n');
    await compose('up', '-d');
    expect(await until('version by-hand')).toBe('version by-hand as ever');
  }
  const compose = (...args: string[]) =>
    run('docker', ['compose', '-p', world.project, ...args], { cwd: world.path });
  async function until(text: string): Promise<string | undefined> {
    for (let look = 0; look < 100; look += 1) {
      const said = await world.ask();
      if (said?.includes(text)) return said;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return world.ask();
  }
  /** `id name state` of the containers, by what Docker says. */
  async function containers(): Promise<string[]> {
    const filter = `label=com.docker.compose.project=${world.project}`;
    const format = '{{.ID}} {{.Names}} {{.State}}';
    const { stdout } = await run('docker', ['ps', '-a', '--filter', filter, '--format', format]);
    return stdout.trim().split('\n').sort();
  }
  const named = async (part: string) => (await containers()).filter((one) => one.includes(part));

  it('brings them up again as they were when it fails, and never touches the others', async () => {
    await startByHand();
    const [db] = await named('-db-');
    const step = await deploy({ image: bad });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: deploy/exited']);
    expect(step.outputs['status']).toBe('rolled-back');
    expect(step.log).toContain('serves the version before');
    expect(await world.ask()).toBe('version by-hand as ever');
    expect(await named('-db-')).toEqual([db]);
    expect(await containers()).toHaveLength(2);
    // By their own Compose file, nothing has changed.
    const before = await containers();
    await compose('up', '-d');
    expect(await containers()).toEqual(before);
    expect(readdirSync(world.path).sort()).toEqual([
      '.env',
      '.slipway',
      'compose.yaml',
      'releases',
    ]);
    expect(world.lockIsFree()).toBe(true);
  }, 90_000);

  it('takes the service over when it succeeds, and leaves the database alone', async () => {
    await startByHand();
    const [db] = await named('-db-');
    const first = await deploy({ image: good, env: 'GREETING=new' });
    expect(first.errors).toEqual([]);
    expect(await world.ask()).toBe('version adopt new');
    const second = await deploy({ image: bad });
    expect(second.outputs['status']).toBe('rolled-back');
    expect(await world.ask()).toBe('version adopt new');
    expect(await named('-db-')).toEqual([db]);
  }, 90_000);

  it('is refused before anything changes when they could not be put back', async () => {
    await startByHand();
    const before = await containers();
    await writeFile(join(world.path, '.env'), 'GREETING=edited since\n');
    const step = await deploy({ image: bad });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/foreign']);
    expect(step.errors[0]?.text).toContain('is not what its Compose file says now');
    expect(await containers()).toEqual(before);
    expect(await world.ask()).toBe('version by-hand as ever');
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);

  it('leaves containers alone that only bear the name of the project', async () => {
    const labels = [
      `com.docker.compose.project=${world.project}`,
      'com.docker.compose.service=db',
      'com.docker.compose.oneoff=False',
      `com.docker.compose.project.working_dir=${world.path}`,
    ];
    const flags = labels.flatMap((label) => ['--label', label]);
    await run('docker', ['run', '-d', '--name', `${world.project}-pg`, ...flags, byHand]);
    const [db] = await containers();
    expect((await deploy({ image: bad })).outputs['reason']).toBe('deploy/exited');
    expect(await containers()).toEqual([db]);
    expect((await deploy({ image: good })).outputs['status']).toBe('deployed');
    expect(await named('-pg')).toEqual([db]);
  }, 90_000);
});

describe('a first deployment where another tool has a current', () => {
  const other = 'releases/20240102030405';
  async function layOut(): Promise<void> {
    await put(`${other}/index.html`, 'of the other tool');
    await put('shared/uploads/cat.jpg', 'of a user');
    await mkdir(join(world.runner.workspace, 'dist'));
    await writeFile(join(world.runner.workspace, 'dist/index.html'), 'new');
  }
  async function put(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(world.path, name)), { recursive: true });
    await writeFile(join(world.path, name), text);
  }
  const release = (more: Record<string, string>) => {
    const { 'health-path': _, ...inputs } = world.inputs;
    return world.runner.start(bundle, { ...inputs, mode: 'release', source: 'dist', ...more }).done;
  };
  const restart = 'cp index.html ../../served';
  const link = () => readlinkSync(join(world.path, 'current'));

  it.each([other, `/absolute/${other}`])(
    'puts the link to %s back when it fails',
    async (kind) => {
      await layOut();
      const target = kind.startsWith('/') ? join(world.path, other) : other;
      await symlink(target, join(world.path, 'current'));
      const step = await release({ restart, after: 'exit 7' });
      expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'ssh/command' });
      expect(link()).toBe(target);
      expect(await hostFile(world, 'current/index.html')).toBe('of the other tool');
      // It was restarted as it was switched.
      expect(await hostFile(world, 'served')).toBe('of the other tool');
      expect(await hostFile(world, 'shared/uploads/cat.jpg')).toBe('of a user');
      expect(readdirSync(join(world.path, 'releases'))).toEqual(['20240102030405']);
    },
    30_000,
  );

  it('keeps the releases of the other tool when it succeeds', async () => {
    await layOut();
    await symlink(other, join(world.path, 'current'));
    const step = await release({ restart, keep: '1' });
    expect(step.outputs['status']).toBe('deployed');
    expect(await hostFile(world, 'served')).toBe('new');
    expect(await hostFile(world, `${other}/index.html`)).toBe('of the other tool');
  }, 30_000);

  it('rolls back to what the other tool has switched to since', async () => {
    await layOut();
    expect((await release({})).outputs['status']).toBe('deployed');
    await run('ln', ['-sfn', other, join(world.path, 'current')]);
    const step = await release({ env: 'A=1', after: 'exit 7' });
    expect(step.outputs['status']).toBe('rolled-back');
    expect(link()).toBe(other);
  }, 30_000);

  it('is refused before anything changes where current is a folder', async () => {
    await layOut();
    await put('current/index.html', 'in a folder');
    const step = await release({ restart });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/current']);
    expect(await hostFile(world, 'current/index.html')).toBe('in a folder');
    expect(await hostFile(world, 'served')).toBeUndefined();
    expect(world.lockIsFree()).toBe(true);
  }, 30_000);
});
