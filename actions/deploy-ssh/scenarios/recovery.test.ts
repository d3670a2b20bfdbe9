import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { listenToDocker } from './docker-events.ts';
import { variant } from './images.ts';
import { bundle, hostFile, makeWorld, registry, type World } from './world.ts';

describe('a deployment that goes wrong half-way', () => {
  let world: World;
  let old: string;
  let next: string;

  beforeAll(async () => {
    world = await makeWorld();
    // The old version takes its time to stop, so that a switch can be cut in two.
    const app = await pushApp(registry, 'recovery', 'good');
    old = await variant(app, { version: 'old', stopSignal: 'SIGWINCH' });
    next = await variant(app, { version: 'next' });
    expect((await start(old).done).outputs['status']).toBe('deployed');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);
  afterEach(() => {
    expect(world.remoteProcesses()).toEqual([]);
  });

  const start = (image: string, inputs: Record<string, string> = {}) =>
    world.runner.start(bundle, { ...world.inputs, image, ...inputs });

  it('rolls back over a new connection when the session is cut during the switch', async () => {
    await using listener = listenToDocker(world.project);
    const step = start(next);
    await Promise.race([listener.saw('kill'), step.done]);
    await world.cutSessions();
    const result = await step.done;
    expect(result.outputs).toMatchObject({ status: 'rolled-back', reason: 'ssh/lost' });
    expect(result.errors).toHaveLength(1);
    expect(result.errors[0]?.text).toMatch(/The connection to 127\.0\.0\.1 was lost/);
    expect(await world.ask()).toContain('version old');
    const [serving = ''] = await world.containers();
    expect(await listener.isToStop(serving.split(' ')[0] ?? '')).toBe(false);
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);

  it('recovers from a run that was killed during the switch', async () => {
    await using listener = listenToDocker(world.project);
    const killed = start(next, { timeout: '20s' });
    await Promise.race([listener.saw('kill'), killed.done]);
    killed.kill('SIGKILL');
    expect((await killed.done).signal).toBe('SIGKILL');

    const refused = await start(next, { 'lock-timeout': '1s' }).done;
    expect(refused.outputs['reason']).toBe('ssh/locked');
    const until = Number(await hostFile(world, '.slipway/lock/until'));
    // The killed run could have held it for three times its time and two minutes.
    expect(until).toBeLessThanOrEqual(Date.now() / 1_000 + 3 * 20 + 120);

    await world.expireLock();
    const step = await start(next).done;
    expect(step.log).toMatch(/broke the expired lock of https:\S+ \(octocat\)/);
    expect(step.outputs).toMatchObject({ status: 'deployed', 'previous-image': old });
    expect(await world.ask()).toContain('version next');
    expect(await world.containers()).toEqual([expect.stringContaining(`${next} running`)]);
    expect(world.lockIsFree()).toBe(true);
  }, 60_000);
});
