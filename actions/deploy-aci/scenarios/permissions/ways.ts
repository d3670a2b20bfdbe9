import { scripts } from '../../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import { identityId } from '../../test/group/world.ts';
import { image, World } from '../world.ts';

/** One way through the action: what is there before, and the run. */
export interface Way {
  prepare(world: World): Promise<unknown>;
  run(world: World): Promise<StepResult>;
}

const given = (world: World) => world.given('shop-1');
const nothing = async () => undefined;
const inSubnet = JSON.stringify({
  properties: {
    containers: [
      {
        name: 'shop',
        properties: {
          image: image('shop-1'),
          ports: [{ port: 3000 }],
          resources: { requests: { cpu: 1, memoryInGB: 1.5 } },
        },
      },
    ],
    osType: 'Linux',
    ipAddress: { type: 'Private', ports: [{ port: 3000 }] },
    subnetIds: [
      {
        id: '/subscriptions/77777777-6666-5555-4444-333333333333/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/net/subnets/one',
      },
    ],
  },
});

/** The ways that together make every call which deploy-aci can make. */
export const ways = {
  /** A good version by nothing but what has to be given. */
  plain: { prepare: given, run: (world) => world.deploy('shop-2') },
  /** Proven first in a group of its own. */
  rehearsed: { prepare: given, run: (world) => world.deploy('shop-2', { strategy: 'rehearse' }) },
  /** Deleted and created again. */
  recreated: { prepare: given, run: (world) => world.deploy('shop-2', { strategy: 'recreate' }) },
  /** A bad one, which is diagnosed and taken back. */
  bad: { prepare: given, run: (world) => world.deploy('shop-crash') },
  /** A command in a group of its own comes first. */
  runsBefore: {
    prepare: given,
    run: (world) => world.deploy('shop-2', { 'run-before': 'npm run migrate' }),
  },
  /** A group is created. */
  created: { prepare: nothing, run: (world) => world.deploy('shop-1') },
  /** A group is created, and deleted again as its first version crashes. */
  removed: { prepare: nothing, run: (world) => world.deploy('shop-crash') },
  /** A group with an identity of the user's is created. */
  withIdentity: {
    prepare: nothing,
    run: (world) => world.deploy('shop-1', { identity: identityId('shop') }),
  },
  /** A group in a subnet is created. */
  inSubnet: {
    prepare: nothing,
    run: (world) =>
      world.deploy('shop-1', { spec: inSubnet, ports: '', 'dns-label': '', 'health-path': '' }),
  },
  /** Azure names no other address of an operation than Location. */
  byLocation: {
    prepare: async (world) => {
      await given(world);
      world.azure.world.longRunning = { shape: 'Location' };
    },
    run: (world) => world.deploy('shop-2'),
  },
} satisfies Record<string, Way>;

/** An Azure in which a way can be gone. */
export async function openWay(name: keyof typeof ways): Promise<World> {
  const world = await World.open();
  // Its operation goes on for some looks.
  world.behave('shop-2', { ...scripts.healthy, pull: 150_000 });
  world.azure.runtime.behave(({ properties }) => properties.command?.includes('migrate') === true, {
    pull: 10,
    start: 10,
    exit: { after: 10, code: 0 },
  });
  await ways[name].prepare(world);
  return world;
}

/** Images that a group may serve after a way, and nothing else. */
export const versions = { old: image('shop-1'), new: image('shop-2') };
