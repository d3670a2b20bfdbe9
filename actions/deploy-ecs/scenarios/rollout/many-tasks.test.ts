import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  type Emulated,
  emulatedService,
  withService,
} from '../../test/rollout/emulated-service.ts';

let ecs: Emulated;
beforeEach(async () => {
  ecs = await emulatedService();
});
afterEach(async () => {
  await ecs[Symbol.asyncDispose]();
});

/** Lets the first tasks of a version crash, and all others be well. */
function crashFirst(image: string, count: number): void {
  const crashed = new Set<string>();
  ecs.ecs.runtime.behave((container, task) => {
    if (!container.image.includes(image) || (!crashed.has(task.arn) && crashed.size >= count)) {
      return false;
    }
    crashed.add(task.arn);
    return true;
  }, scripts.crash);
}

describe('a service of 120 tasks, which are two pages', () => {
  beforeEach(() => withService(ecs, { desiredCount: 120 }));

  it('a version of which three tasks crash once is deployed', async () => {
    crashFirst('shop:2', 3);
    const { failure, outputs } = await ecs.deploy('shop:2', { 'wait-for': 'healthy' });
    expect(failure).toBeUndefined();
    expect(outputs).toMatchObject({ status: 'deployed' });
  }, 60_000);

  it('a version of which all crash is given up after a tenth of them', async () => {
    ecs.ecs.runtime.behave('crash', scripts.crash);
    const { failure, took } = await ecs.deploy('shop:crash');
    expect(failure?.code).toBe('ecs/task-exited');
    expect(Number(/^(\d+) tasks/.exec(failure?.message ?? '')?.[1])).toBeGreaterThanOrEqual(12);
    expect(took).toBeLessThan(240_000);
  }, 60_000);
});
