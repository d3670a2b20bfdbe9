import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import {
  asAnybody,
  balancedDefinition,
  behaveByCommand,
  wholeDefinition,
  withBalancedService,
} from '../balanced.ts';
import { image, World } from '../world.ts';

/** One way through the action: what is there before, and the run. */
export interface Way {
  prepare(world: World): Promise<unknown>;
  run(world: World): Promise<StepResult>;
}

const quick = { 'health-threshold': '1' };
const everything = {
  ...quick,
  'health-url': '',
  'health-path': '/health',
  'run-before': 'npm run migrate',
  'keep-revisions': '2',
};

/** The ways that together make every call which deploy-ecs can make. */
export const ways = {
  /** A good version, with all that an input can ask for. */
  good: {
    prepare: (world) => withBalancedService(world),
    run: (world) => world.deploy('shop-2', everything),
  },
  /** A good version by nothing but what has to be given. */
  plain: {
    prepare: (world) => withBalancedService(world),
    run: (world) => world.deploy('shop-2', quick),
  },
  /** A good one, which has to be healthy; the one before leaves slowly. */
  healthy: {
    prepare: (world) => withBalancedService(world, {}, { deregistrationDelay: 2_500 }),
    run: (world) => world.deploy('shop-2', { ...quick, 'wait-for': 'healthy' }),
  },
  /** A bad one, which is diagnosed and taken back. */
  bad: {
    prepare: (world) => withBalancedService(world),
    run: (world) => world.deploy('shop-crash', quick),
  },
  /** A bad one, which ECS takes back by itself. */
  broken: {
    prepare: (world) => withBalancedService(world),
    run: (world) => world.deploy('shop-crash', { ...quick, 'circuit-breaker': 'true' }),
  },
  /** Test traffic is proven before any other follows. */
  tested: {
    prepare: (world) =>
      withBalancedService(world, {
        deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 },
      }),
    run: (world) => world.deploy('shop-2', { ...quick, 'test-url': `${world.app}/test` }),
  },
  /** A service is created. */
  created: {
    prepare: async () => undefined,
    run: (world) => world.deploy('shop-1', documents(world)),
  },
  /** A service is created, and deleted again as its first version crashes. */
  removed: {
    prepare: async () => undefined,
    run: (world) => world.deploy('shop-crash', documents(world)),
  },
  /** The job is cancelled while the task of `run-before` runs. */
  cancelled: {
    prepare: (world) => withBalancedService(world),
    run: async (world) => {
      const step = world.start('shop-2', { 'run-before': 'npm run endless' });
      await Promise.race([step.saw(/run-before: RUNNING/), step.done]);
      step.kill('SIGINT');
      return step.done;
    },
  },
  /** Another deployment is in flight, and is replaced. */
  takenOver: {
    prepare: async (world) => {
      await withBalancedService(world);
      await asAnybody(world, async (client) => {
        await client.registerTaskDefinition(wholeDefinition('shop-stuck'));
        await client.updateService({ service: 'shop', taskDefinition: 'shop' });
      });
    },
    run: (world) => world.deploy('shop-2', { ...quick, 'on-conflict': 'take-over' }),
  },
} satisfies Record<string, Way>;

/** An AWS in which a way can be gone. */
export async function openWay(name: keyof typeof ways): Promise<World> {
  // A pause for the proof of test traffic lasts as long as in reality.
  const world = await World.open({ durations: { minute: 60_000 } });
  behaveByCommand(world);
  await ways[name].prepare(world);
  return world;
}

function documents(world: World): Record<string, string> {
  const { serviceName: _, taskDefinition: __, ...definition } = balancedDefinition(world);
  return {
    ...quick,
    'task-definition': JSON.stringify(wholeDefinition('shop-1')),
    'service-definition': JSON.stringify(definition),
  };
}

/** Images that a service may serve after a way, and nothing else. */
export const versions = { old: image('shop-1'), new: image('shop-2') };
