import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { bundle, hostFile, hostFolder, makeWorld, registry, type World } from './world.ts';

const run = promisify(execFile);

/** Everything that a shell, Compose or a workflow file could trip over. */
const awkward: Record<string, string> = {
  SINGLE: `it's`,
  DOUBLE: `say "hi"`,
  DOLLAR: `$HOME $\{HOME} $$ $(id) \`id\``,
  BLANKS: '  two  and a tab\t end ',
  EQUALS: 'a=b==c',
  HASH: 'a # not a comment',
  UNICODE: 'Grüße, 世界 🚢',
  BACKSLASH: 'C:\\new\\table \\n \\\\',
  MARKS: '!*?[]{}<>|&;~%^,:@/+-_.',
  EMPTY: '',
};

describe('releases on the host', () => {
  let world: World;
  let image: string;
  beforeAll(async () => {
    world = await makeWorld();
    image = await pushApp(registry, 'releases', 'good');
    const file = join(world.runner.workspace, 'compose.yaml');
    const names = ['GREETING', 'TOKEN', ...Object.keys(awkward)].join(', ');
    const text = (await readFile(file, 'utf8')).replace(
      /environment: .*/,
      `environment: [${names}]`,
    );
    await writeFile(file, text);
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  const deploy = (inputs: Record<string, string>) =>
    world.runner.start(bundle, { ...world.inputs, image, keep: '2', ...inputs }).done;
  const unproven = { expect: 'none', timeout: '5s' };
  const releases = () => hostFolder(world, 'releases');

  it('hand the environment on byte for byte', async () => {
    const lines = Object.entries(awkward).map(([key, value]) => `${key}=${value}`);
    const step = await deploy({
      env: lines.slice(0, 5).join('\n'),
      secrets: lines.slice(5).join('\n'),
    });
    expect(step.outputs['status']).toBe('deployed');
    const [id = ''] = (await world.containers())[0]?.split(' ') ?? [];
    const { stdout } = await run('docker', ['inspect', '--format', '{{json .Config.Env}}', id]);
    const inside: string[] = JSON.parse(stdout);
    expect(inside).toEqual(expect.arrayContaining(lines));
  }, 30_000);

  it('that were proven are kept, as many as wanted, and no other', async () => {
    const [first = ''] = releases();
    const second = (await deploy({ env: 'GREETING=2' })).outputs['release'] ?? '';
    expect(releases()).toEqual([first, second]);

    const failed = await deploy({ env: 'GREETING=3', ...unproven });
    expect(failed.outputs).toMatchObject({
      status: 'rolled-back',
      reason: 'deploy/unproven',
      release: second,
    });
    expect(failed.errors).toHaveLength(1);
    expect(failed.errors[0]?.text).toContain('it answered 200, but without the text none');
    expect(await world.ask()).toBe('version releases 2');
    expect(releases()).toEqual([first, second]);

    const left = await deploy({ env: 'GREETING=4', ...unproven, rollback: 'false' });
    expect([left.code, left.errors.length]).toEqual([1, 1]);
    expect(left.outputs).toMatchObject({ status: 'failed', reason: 'deploy/unproven' });
    expect(left.summary).toMatch(/### Evidence\s+- web\S* running/);
    expect(left.log).toContain('is not proven to serve anything');
    expect(await world.ask()).toBe('version releases 4');
    expect(world.lockIsFree()).toBe(true);
    expect(releases()).toHaveLength(3);

    const third = (await deploy({ env: 'GREETING=5' })).outputs['release'] ?? '';
    expect(releases()).toEqual([second, third]);
    expect(await hostFile(world, '.slipway/proven')).toBe(`${third}\n`);
    expect(await world.ask()).toContain('version releases 5');
  }, 60_000);
});
