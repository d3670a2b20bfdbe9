import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { variant } from './images.ts';
import { bundle, hostFile, makeWorld, registry, type World } from './world.ts';

const otherRun = 'https://github.com/octo/shop/actions/runs/4242 (hubot)';

describe('the lock of a deployment', () => {
  let world: World;
  let one: string;
  let two: string;

  beforeAll(async () => {
    world = await makeWorld();
    one = await pushApp(registry, 'lock-1', 'good');
    two = await variant(one, { version: 'lock-2' });
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);

  const start = (image: string, inputs: Record<string, string> = {}) =>
    world.runner.start(bundle, { ...world.inputs, image, ...inputs });

  it('lets one of two wait for the other, and both get through', async () => {
    // The first is not proven before the second one waits.
    let open = false;
    const gate = createServer((_, answer) => void answer.writeHead(open ? 200 : 503).end());
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    const address = gate.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const first = start(one, { 'health-path': '', 'health-url': `http://127.0.0.1:${port}/` });
    await first.saw(/done: watch/);
    const second = start(two);
    await second.saw(
      /waiting for the lock of https:\/\/github\.com\/octo\/shop\/actions\/runs\/4711 \(octocat\)/,
    );
    open = true;
    const [before, after] = await Promise.all([first.done, second.done]);
    gate.close();
    expect(before.outputs).toMatchObject({ status: 'deployed', 'previous-image': '' });
    expect(after.outputs).toMatchObject({ status: 'deployed', 'previous-image': one });
    expect(await world.ask()).toContain('version lock-2');
    expect(world.lockIsFree()).toBe(true);
    const [older = '', newer = ''] = [before.outputs['release'], after.outputs['release']];
    expect(older < newer).toBe(true);
  }, 60_000);

  it('names the run that holds it when the wait is over', async () => {
    await world.lockByOther(otherRun, 600);
    const step = await start(one, { 'lock-timeout': '1s' }).done;
    expect(step.code).toBe(1);
    expect(step.errors).toEqual([
      {
        title: 'deploy-ssh: ssh/locked',
        text: expect.stringContaining(`is locked by ${otherRun}; waited 1.0 s.`),
      },
    ]);
    const { hosts = '', ...outputs } = step.outputs;
    expect(outputs).toEqual({ status: 'failed', reason: 'ssh/locked', release: '' });
    expect(JSON.parse(hosts)).toMatchObject([{ status: 'failed', release: '', image: '' }]);
    expect(await hostFile(world, '.slipway/lock/token')).toBe('of-another\n');
    expect(await world.ask()).toContain('version lock-2');
    await world.unlock();
  }, 30_000);

  it('is broken once it has expired, and it is said whose it was', async () => {
    await world.lockByOther(otherRun, -1);
    const step = await start(one).done;
    expect(step.outputs['status']).toBe('deployed');
    expect(step.log).toContain(`broke the expired lock of ${otherRun}`);
    expect(world.lockIsFree()).toBe(true);
  }, 30_000);
});
