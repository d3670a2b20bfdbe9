import { aroundCalls } from '../actions/deploy-ecs/src/api/around-calls.ts';
import { prepareTaskDefinition } from '../actions/deploy-ecs/src/task-definition/prepare.ts';
import {
  definitionOf,
  type Emulated,
  emulatedService,
  place,
  serviceOf,
} from '../actions/deploy-ecs/test/rollout/emulated-service.ts';
import { ecsBuckets } from '../packages/local-cloud/src/aws/ecs/buckets.ts';
import { scripts } from '../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import type { Bucket } from '../packages/local-cloud/src/http/throttle.ts';
import { Throttled } from '../packages/shared/src/deploy/target.ts';
import type { Row } from './measure.ts';

const services = 500;
/** One in so many gets an image that is not there. */
const broken = 25;
/** Requests on the wire: the emulated ECS has one thread, and a request its time limit. */
const atOnce = 20;
/**
 * Calls of the busiest kind, refused ones too, by what ECS documents for the time: a run learns of the
 * limit by being refused. And seconds from the end of a rollout to its verdict, in the mean.
 */
const most = { asked: 1.5, late: 60 };

interface Call {
  name: string;
  /** Milliseconds on the clock. */
  at: number;
  refused: boolean;
}

/**
 * 500 services of one account and region that 500 runs deploy to at the same time, on a clock run by
 * hand, while ECS takes only as many calls as it documents. No run knows of another one. The new
 * revisions are registered before: ECS takes one a second.
 */
export async function ecsFleet(): Promise<Row[]> {
  await using ecs = await emulatedService();
  await withServices(ecs);
  const calls: Call[] = [];
  const few = turnstile(atOnce);
  const api = aroundCalls(ecs.api, (call, { name }) =>
    few(async () => {
      const made: Call = { name, at: ecs.clock.now(), refused: false };
      calls.push(made);
      try {
        return await call();
      } catch (error) {
        made.refused = error instanceof Throttled;
        throw error;
      }
    }),
  );
  const wrong: string[] = [];
  const lags: number[] = [];
  const deploy = async (i: number) => {
    const service = nameOf(i);
    const settings = { service, 'health-url': undefined, 'health-threshold': 1 };
    const { failure, outputs } = await ecs.deploy(imageOf(i), settings, {
      api,
      prepare: (running, by, signal) =>
        prepareTaskDefinition({ ...givenOf(i), api: by, service: running }, signal),
    });
    const said = `${outputs.status} ${failure?.code ?? ''}`.trim();
    if (said !== (isBroken(i) ? 'rolled-back ecs/image-pull' : 'deployed')) {
      wrong.push(`${service}: ${said} ${failure?.message ?? ''}`);
    }
    const rollout = ecs.ecs.worlds.at(place).findService('default', service)?.rollout;
    lags.push(ecs.clock.now() / 1_000 - (rollout?.finishedAt ?? 0));
  };
  await Promise.all([...Array(services).keys()].map(deploy));
  if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('\n'));
  const asked = Math.max(...ecsBuckets.map((bucket) => askedOf(bucket, calls)));
  const refused = calls.filter((call) => call.refused).length / calls.length;
  const late = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
  return [
    {
      what: `deploy-ecs: ${services} services deployed to at once, within the documented rate`,
      measured: `${asked.toFixed(2)} × that rate asked for, all verdicts right (${calls.length} calls, ${(refused * 100).toFixed(0)} % refused)`,
      bar: `≤ ${most.asked} ×`,
      held: asked <= most.asked,
    },
    {
      what: `deploy-ecs: end of one of ${services} rollouts to its verdict, at that rate`,
      measured: `${late.toFixed(0)} s in the mean`,
      bar: `≤ ${most.late} s`,
      held: late <= most.late,
    },
  ];
}

/** Lets so many through at a time. The clock stands still for those that wait, as for those inside. */
function turnstile(most: number) {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    while (inside >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    inside += 1;
    try {
      return await work();
    } finally {
      inside -= 1;
      waiting.shift()?.();
    }
  };
}

/** How often the calls of a bucket were asked for, by how often ECS says that they may be. */
function askedOf({ actions, burst, rate }: Bucket, calls: readonly Call[]): number {
  const names = new Set(actions.map((name) => name.toLowerCase()));
  const own = calls.filter(({ name }) => names.has(name.toLowerCase()));
  const seconds = ((own.at(-1)?.at ?? 0) - (own[0]?.at ?? 0)) / 1_000;
  return own.length / (burst + rate * seconds);
}

const nameOf = (i: number) => `shop-${i}`;
const isBroken = (i: number) => i % broken === 0;
const imageOf = (i: number) => (isBroken(i) ? `gone:${i}` : `slow:${i}`);

/** A revision that is named, as `task-definition: shop:42` names it; the first one serves already. */
const givenOf = (i: number) => ({
  given: { taskDefinition: { name: `shop:${i + 2}` }, serviceDefinition: undefined },
  settings: {
    container: undefined,
    image: undefined,
    images: undefined,
    env: undefined,
    secrets: undefined,
    'run-before': undefined,
    'run-before-container': undefined,
  },
  resolve: () => Promise.reject(new Error('no image is given')),
});

/** Creates them within the rate, with a new revision for each, and waits until they serve. */
async function withServices({ client, clock, ecs }: Emulated): Promise<void> {
  ecs.runtime.behave('slow:', { ...scripts.healthy, pull: 150_000 });
  ecs.runtime.behave('gone:', scripts.noImage);
  await client.registerTaskDefinition(definitionOf('shop:1'));
  for (let i = 0; i < services; i += 1) {
    const named = { serviceName: nameOf(i), taskDefinition: 'shop:1' };
    await client.createService({ ...serviceOf(1), ...named });
    await client.registerTaskDefinition(definitionOf(imageOf(i)));
    await clock.sleep(2_000);
  }
  await clock.sleep(30 * 60_000);
  await client.describeServices({ services: [nameOf(0)] });
}
