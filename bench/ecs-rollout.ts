import {
  emulatedService,
  withService,
} from '../actions/deploy-ecs/test/rollout/emulated-service.ts';
import { scripts } from '../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import type { Row } from './measure.ts';

const rollouts = 8;

/** How late a run notices that a rollout of 300 s is over, on a clock run by hand, and by how many calls. */
export async function ecsRollout(): Promise<Row[]> {
  await using ecs = await emulatedService();
  await withService(ecs);
  const lags: number[] = [];
  let calls = 0;
  for (let i = 0; i < rollouts; i += 1) {
    // Another moment between two looks each time.
    ecs.ecs.runtime.behave(`slow-${i}`, { ...scripts.healthy, pull: 230_000 + i * 370 });
    await ecs.deploy(`slow-${i}`, { 'health-url': undefined, 'health-threshold': 1 });
    const finished = (ecs.service().rollout?.finishedAt ?? 0) * 1_000;
    lags.push(ecs.clock.now() - finished);
    calls += ecs.calls.length;
  }
  const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length / 1_000;
  return [
    {
      what: 'deploy-ecs: end of a rollout of 300 s to verdict',
      measured: `${mean.toFixed(2)} s in the mean, ${Math.round(calls / rollouts)} calls`,
      bar: '≤ 1 s',
      held: mean <= 1,
    },
  ];
}
