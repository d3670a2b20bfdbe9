import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { patience } from '../../../packages/local-cloud/src/patience.ts';
import type { Step } from '../../../packages/local-cloud/src/runner.ts';
import { listenToDocker } from './docker-events.ts';
import { variant } from './images.ts';
import { startSilentServer } from './silent-server.ts';
import { startStallingRegistry } from './stalling-registry.ts';
import { bundle, hostFolder, makeWorld, registry, type World } from './world.ts';

/** What the runner sends, and what a service manager does; the runner kills 10 s after the first. */
const signals: NodeJS.Signals[][] = [['SIGINT', 'SIGTERM'], ['SIGTERM']];
const runnerPatience = 10_000;

describe('a deployment that is cancelled', () => {
  let worlds: World[];
  let old: string;
  let next: string;

  beforeAll(async () => {
    // The old version takes its time to stop, so that a switch can be cut in two.
    const app = await pushApp(registry, 'cancel', 'good');
    old = await variant(app, { version: 'old', stopSignal: 'SIGWINCH' });
    next = await variant(app, { version: 'next' });
    worlds = await Promise.all(signals.map(() => makeWorld()));
    for (const step of await Promise.all(worlds.map((world) => start(world, old).done))) {
      expect(step.outputs['status']).toBe('deployed');
    }
  }, 90_000);
  afterAll(async () => {
    await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()));
  }, 30_000);

  const start = (world: World, image: string, inputs: Record<string, string> = {}) =>
    world.runner.start(bundle, { ...world.inputs, image, ...inputs });

  /** Cancels a step in each world as soon as it is where it should be; the old version must serve on. */
  async function cancelled(
    begin: (world: World) => { step: Step; there: Promise<void> },
    keepsLock = false,
  ): Promise<void> {
    await all(
      worlds.map(async (world, index) => {
        const releases = hostFolder(world, 'releases');
        const { step, there } = begin(world);
        await Promise.race([there, step.done.then(({ log }) => Promise.reject(new Error(log)))]);
        const [first = 'SIGINT', second] = signals[index] ?? [];
        const asked = performance.now();
        step.kill(first);
        if (second) {
          await step.saw(/FAILED: |waiting for/);
          step.kill(second);
        }
        const result = await step.done;
        const ms = performance.now() - asked;
        const left = world.remoteProcesses();
        expect([result.code, result.signal]).toEqual([1, null]);
        expect(left).toEqual([]);
        expect(ms).toBeLessThan(runnerPatience);
        expect(result.outputs).toMatchObject({ status: 'cancelled', reason: 'action/cancelled' });
        expect(result.errors.map(({ title }) => title)).toEqual(['deploy-ssh: action/cancelled']);
        expect(result.errors[0]?.text).toMatch(/The run was cancelled \(SIG(INT|TERM)\)/);
        expect(await world.ask()).toContain('version old');
        expect(await world.containers()).toEqual([expect.stringContaining(`${old} running`)]);
        expect(world.lockIsFree()).toBe(!keepsLock);
        expect(hostFolder(world, 'releases')).toEqual(releases);
      }),
    );
  }

  it('while it connects ends at once', async () => {
    const [world] = worlds;
    if (!world) throw new Error('no world');
    const { server, port, called } = await startSilentServer();
    try {
      const step = start(world, next, { hosts: `deploy@127.0.0.1:${port}` });
      await called;
      const asked = performance.now();
      step.kill('SIGINT');
      const result = await step.done;
      const took = performance.now() - asked;
      expect(took).toBeLessThan(await patience(2_000));
      expect([result.code, result.outputs['status']]).toEqual([1, 'cancelled']);
    } finally {
      server.close();
    }
  }, 30_000);

  it('while it waits for the lock leaves the lock to its holder', async () => {
    await Promise.all(worlds.map((world) => world.lockByOther('another run', 600)));
    try {
      await cancelled((world) => {
        const step = start(world, next);
        return { step, there: step.saw(/waiting for the lock of another run/) };
      }, true);
    } finally {
      await Promise.all(worlds.map((world) => world.unlock()));
    }
  }, 60_000);

  it('while the host pulls ends the pull', async () => {
    await using registries = new AsyncDisposableStack();
    // The engine asks once for what several want: each world wants an image of its own.
    const pulls = new Map<World, { image: string; stalled: Promise<void> }>();
    for (const [index, world] of worlds.entries()) {
      const { host, stalled } = registries.use(await startStallingRegistry(registry));
      const image = await variant(next, { version: `never-${index}` });
      pulls.set(world, { image: image.replace(registry, host), stalled });
    }
    await cancelled((world) => {
      const { image = '', stalled = Promise.reject(new Error('no pull')) } = pulls.get(world) ?? {};
      return { step: start(world, image), there: stalled };
    });
  }, 60_000);

  it('in the middle of the switch rolls back to the old version, and not to one that is about to stop', async () => {
    await using listeners = new AsyncDisposableStack();
    const engine = new Map(
      worlds.map((world) => [world, listeners.use(listenToDocker(world.project))]),
    );
    await cancelled((world) => ({
      step: start(world, next),
      there: engine.get(world)?.saw('kill') ?? Promise.reject(new Error('not listened to')),
    }));
    for (const [world, listener] of engine) {
      const [serving = ''] = await world.containers();
      expect(await listener.isToStop(serving.split(' ')[0] ?? '')).toBe(false);
    }
  }, 60_000);

  it('while it is being proven rolls back to the old version', async () => {
    await cancelled((world) => {
      const step = start(world, next, { expect: 'version that never comes' });
      return { step, there: step.saw(/done: watch/) };
    });
  }, 60_000);
});

/** Waits for all, also when one fails: the next test begins in a quiet world. */
async function all(work: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
