import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  type Emulated,
  emulatedService,
  withService,
} from '../../test/rollout/emulated-service.ts';

/** When each rollout was over, or its failure was knowable, and when the run saw it. */
describe('how late a run notices', () => {
  let ecs: Emulated;
  const lags: number[] = [];

  beforeAll(async () => {
    ecs = await emulatedService();
    await withService(ecs);
  });
  afterAll(async () => {
    await ecs[Symbol.asyncDispose]();
  });

  it('the end of a rollout of 300 s: a second in the mean, by two calls a look', async () => {
    for (let i = 0; i < 8; i += 1) {
      // Another moment between two looks each time.
      ecs.ecs.runtime.behave(`slow-${i}`, { ...scripts.healthy, pull: 230_000 + i * 370 });
      const { outputs } = await ecs.deploy(`slow-${i}`, {
        'health-url': undefined,
        'health-threshold': 1,
      });
      expect(outputs).toMatchObject({ status: 'deployed' });
      const finished = (ecs.service().rollout?.finishedAt ?? 0) * 1_000;
      lags.push(ecs.clock.now() - finished);
      const looks = ecs.calls.filter((name) => name === 'describeServiceDeployments').length;
      expect(looks).toBeLessThan(320);
      expect(ecs.calls.length).toBeLessThan(2.5 * looks);
    }
    const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
    expect(mean).toBeLessThanOrEqual(1_000);
    expect(Math.max(...lags)).toBeLessThanOrEqual(2_000);
  }, 120_000);

  it('an image that is not there: within 3 s of the first task that stopped', async () => {
    ecs.ecs.runtime.behave('absent', scripts.noImage);
    let seen = 0;
    const { failure } = await ecs.deploy(
      'absent',
      {},
      {
        diagnose: async () => {
          seen = ecs.clock.now();
          return { facts: [], logs: [] };
        },
      },
    );
    expect(failure?.code).toBe('ecs/image-pull');
    const { taskArns = [] } = await ecs.client.listTasks({
      serviceName: 'shop',
      desiredStatus: 'STOPPED',
    });
    const { tasks = [] } = await ecs.client.describeTasks({ tasks: taskArns });
    const stops = tasks
      .filter(({ stopCode }) => stopCode === 'TaskFailedToStart')
      .map(({ stoppingAt, stoppedAt }) => (stoppingAt ?? stoppedAt)?.getTime() ?? 0);
    expect(seen - Math.min(...stops)).toBeLessThanOrEqual(3_000);
  }, 60_000);
});
