import { place, World } from '../actions/deploy-ecs/scenarios/world.ts';
import {
  emulatedService,
  withService,
} from '../actions/deploy-ecs/test/rollout/emulated-service.ts';
import { scripts } from '../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import type { Row } from './measure.ts';

const rollouts = 8;
const realRollouts = 3;
/** The verdict is that of ECS alone. */
const unasked = { 'health-url': '', 'health-threshold': '1' };
/** Seconds, of the design. */
const most = { over: 1, failed: 3 };

/** How late the action notices how a rollout ended: on a clock run by hand, and on the machine's own. */
export async function ecsRollout(): Promise<Row[]> {
  return [await byHand(), ...(await inRealTime())];
}

/** A rollout of 300 s, and by how many calls. */
async function byHand(): Promise<Row> {
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
  return {
    what: 'deploy-ecs: end of a rollout of 300 s to verdict',
    measured: `${mean.toFixed(2)} s in the mean, ${Math.round(calls / rollouts)} calls`,
    bar: `≤ ${most.over} s`,
    held: mean <= most.over,
  };
}

/** Rollouts of 10 s by the built bundle: to the end of the step when well, to the verdict when not. */
async function inRealTime(): Promise<Row[]> {
  await using world = await World.open();
  const { ecs } = world;
  await world.first();
  let late = 0;
  for (let i = 0; i < realRollouts; i += 1) {
    ecs.runtime.behave(`shop-slow-${i}`, { pull: 8_000 + i * 370, start: 500, healthy: 1_000 });
    const { log, outputs } = await world.deploy(`shop-slow-${i}`, unasked);
    late += Date.now() - (world.service.rollout?.finishedAt ?? 0) * 1_000;
    if (outputs['status'] !== 'deployed') throw new Error(log);
  }
  const mean = late / realRollouts / 1_000;
  ecs.runtime.behave('shop-gone', { ...scripts.noImage, pull: 8_000 });
  const step = world.start('shop-gone', unasked);
  await step.saw(/^(done|FAILED): diagnose/m);
  const verdict = Date.now();
  // When the first of its tasks was given up, in milliseconds.
  const stops = ecs.worlds
    .at(place)
    .tasks.all.filter(({ wire }) => wire.stopCode === 'TaskFailedToStart')
    .map(({ wire }) => Number(wire.stoppingAt ?? wire.stoppedAt) * 1_000);
  const failed = (verdict - Math.min(...stops)) / 1_000;
  await step.done;
  return [
    {
      what: 'deploy-ecs: end of a rollout of 10 s to the end of the step, in real time',
      measured: `${mean.toFixed(2)} s in the mean`,
      bar: `≤ ${most.over} s`,
      held: mean <= most.over,
    },
    {
      what: 'deploy-ecs: first task without its image to the verdict, in real time',
      measured: `${failed.toFixed(2)} s`,
      bar: `≤ ${most.failed} s`,
      held: failed <= most.failed,
    },
  ];
}
