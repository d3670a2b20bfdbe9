import { freePort } from '../program.ts';
import { machineClock, Timeline } from '../timeline.ts';
import { type Aws, type AwsOptions, startAws } from './aws.ts';
import { type DockerRuntime, startDockerRuntime } from './docker-runtime/docker-runtime.ts';
import { type Durations, quickDurations } from './ecs/options.ts';
import { type EcsWorld, EcsWorlds } from './ecs/world.ts';

const account = '123456789012';
const region = 'eu-central-1';

/** An AWS with a cluster whose services run real containers behind a load balancer on loopback. */
export interface RealEcs extends AsyncDisposable {
  aws: Aws;
  world: EcsWorld;
  region: string;
  runtime: DockerRuntime;
  /** Where production traffic goes in: `http://127.0.0.1:34567`. */
  url: string;
  /** Where test traffic of a deployment goes in. */
  testUrl: string;
  /** What a service names to be behind the load balancer, for traffic that shifts. */
  balancer: {
    targetGroupArn: string;
    alternateTargetGroupArn: string;
    productionListenerRule: string;
    testListenerRule: string;
  };
}

/** Real containers take their own time; all that AWS would wait on top is short. */
const durations: Durations = {
  ...quickDurations,
  provision: 100,
  deprovision: 50,
  settle: 1_500,
  retry: 200,
  longestRetry: 1_000,
  react: 50,
  shift: 50,
  minute: 2_000,
  second: 100,
};

/**
 * Starts it, with the clusters `default` and `shop`.
 * @param path of the load balancer's health checks
 */
export async function startRealEcs(
  path: string,
  options: Omit<AwsOptions, 'ecs'> = {},
): Promise<RealEcs> {
  await using started = new AsyncDisposableStack();
  const runtime = started.use(await startDockerRuntime());
  const timeline = new Timeline(machineClock);
  const worlds = new EcsWorlds({ timeline, runtime, durations });
  const aws = started.use(await startAws({ ...options, ecs: worlds }));
  const stop = new AbortController();
  const keptUp = timeline.keepUp(stop.signal);
  started.defer(async () => {
    stop.abort();
    await keptUp;
  });
  const world = worlds.at({ account, region });
  world.addCluster('shop');
  const { balancing } = world;
  const check = {
    path,
    interval: 5,
    timeout: 20,
    healthyThreshold: 2,
    // Ten seconds: an app may start slowly on a machine that has much to do.
    unhealthyThreshold: 20,
    deregistrationDelay: 10,
  };
  const [blue, green] = [
    balancing.addGroup({ name: 'blue', ...check }),
    balancing.addGroup({ name: 'green', ...check }),
  ];
  const [port, testPort] = [await freePort(), await freePort()];
  const production = balancing.addListener(port, blue.arn);
  const test = balancing.addListener(testPort, blue.arn);
  const all = started.move();
  return {
    aws,
    world,
    region,
    runtime,
    url: `http://127.0.0.1:${port}`,
    testUrl: `http://127.0.0.1:${testPort}`,
    balancer: {
      targetGroupArn: blue.arn,
      alternateTargetGroupArn: green.arn,
      productionListenerRule: production.arn,
      testListenerRule: test.arn,
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
