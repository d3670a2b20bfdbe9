import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Rollout } from '../../../src/aws/ecs/services/rollout.ts';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import { minute, Shop } from '../../../test/aws/ecs/shop.ts';

type Step =
  | { do: 'deploy'; how: keyof typeof scripts }
  | { do: 'pass'; seconds: number }
  | { do: 'desire'; count: number }
  | { do: 'stop'; type: 'ABORT' | 'ROLLBACK' }
  | { do: 'alarm'; state: 'ALARM' | 'OK' }
  | { do: 'place'; possible: boolean }
  | { do: 'kill' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('deploy' as const),
    how: fc.constantFrom('healthy', 'crash', 'neverHealthy', 'noImage', 'outOfMemory', 'stubborn'),
  }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), seconds: fc.nat(400) }) },
  fc.record({ do: fc.constant('desire' as const), count: fc.nat(4) }),
  fc.record({
    do: fc.constant('stop' as const),
    type: fc.constantFrom('ABORT' as const, 'ROLLBACK' as const),
  }),
  fc.record({
    do: fc.constant('alarm' as const),
    state: fc.constantFrom('ALARM' as const, 'OK' as const),
  }),
  fc.record({ do: fc.constant('place' as const), possible: fc.boolean() }),
  fc.record({ do: fc.constant('kill' as const) }),
);

const strategies: DeploymentConfiguration[] = [
  { strategy: 'ROLLING' },
  { strategy: 'ROLLING', minimumHealthyPercent: 0, maximumPercent: 100 },
  { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 3 },
  { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 } },
  { strategy: 'LINEAR', linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 } },
];

/** What may follow each status. */
const next: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['IN_PROGRESS', 'STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'STOPPED'],
  IN_PROGRESS: [
    'SUCCESSFUL',
    'STOPPED',
    'STOP_REQUESTED',
    'ROLLBACK_REQUESTED',
    'ROLLBACK_IN_PROGRESS',
  ],
  STOP_REQUESTED: ['STOPPED'],
  ROLLBACK_REQUESTED: ['ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED', 'STOPPED'],
  ROLLBACK_IN_PROGRESS: ['ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'],
};

describe('whatever happens', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it('counts and statuses are consistent, and every deployment ends', async () => {
    let walks = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...strategies),
        fc.array(step, { minLength: 3, maxLength: 14 }),
        async (configuration, steps) => {
          await shop[Symbol.asyncDispose]();
          shop = await Shop.open();
          walks += 1;
          const rule = await open(configuration);
          const seen = new Map<Rollout, string>();
          for (const one of steps) {
            await take(one);
            await look(seen);
          }
          await end(rule);
        },
      ),
      { numRuns: 25 },
    );
    expect(walks).toBeGreaterThanOrEqual(25);
  }, 180_000);

  async function open(configuration: DeploymentConfiguration): Promise<string> {
    const { balancing } = shop.world;
    const groups = ['blue', 'green'].map(
      (name) => balancing.addGroup({ name, interval: 10, deregistrationDelay: 30 }).arn,
    );
    const [first = '', second] = groups;
    const rule = balancing.addListener(80, first).arn;
    await shop.create({
      deploymentConfiguration: {
        ...configuration,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        alarms: { alarmNames: ['errors'], enable: true, rollback: true },
      },
      loadBalancers: [
        {
          targetGroupArn: first,
          containerName: 'web',
          containerPort: 80,
          advancedConfiguration: { alternateTargetGroupArn: second, productionListenerRule: rule },
        },
      ],
    });
    return rule;
  }

  async function take(one: Step): Promise<void> {
    switch (one.do) {
      case 'deploy':
        shop.ecs.runtime.behave(`shop:${one.how}`, scripts[one.how]);
        await shop.deploy(one.how);
        break;
      case 'pass':
        shop.clock.pass(one.seconds * 1_000);
        break;
      case 'desire':
        await shop.client.updateService({ service: 'shop', desiredCount: one.count });
        break;
      case 'stop': {
        const { serviceDeploymentArn } = await shop.deployment();
        await shop.client
          .stopServiceDeployment({ serviceDeploymentArn, stopType: one.type })
          .catch((error: Error) => {
            if (error.name !== 'ConflictException') throw error;
          });
        break;
      }
      case 'alarm':
        shop.world.setAlarm('errors', one.state);
        break;
      case 'place':
        shop.world.setPlacement(one.possible ? undefined : 'Capacity is unavailable at this time');
        break;
      case 'kill': {
        const { taskArns: [task] = [] } = await shop.client.listTasks({ serviceName: 'shop' });
        if (task !== undefined) await shop.client.stopTask({ task });
      }
    }
  }

  async function look(seen: Map<Rollout, string>): Promise<void> {
    const { deployments = [], desiredCount = 0, pendingCount, runningCount } = await shop.service();
    const sum = (of: (one: (typeof deployments)[number]) => number | undefined) =>
      deployments.reduce((total, one) => total + (of(one) ?? 0), 0);
    expect(sum((one) => one.runningCount)).toBe(runningCount);
    expect(sum((one) => one.pendingCount)).toBe(pendingCount);
    expect(deployments.filter(({ status }) => status === 'PRIMARY')).toHaveLength(1);
    expect(deployments[0]).toMatchObject({ status: 'PRIMARY', desiredCount });

    const rollouts = [...shop.world.services.values()].flatMap((service) => service.rollouts);
    for (const rollout of rollouts.slice(0, -1)) expect(rollout.ended).toBe(true);
    for (const rollout of rollouts) {
      const before = seen.get(rollout) ?? rollout.status;
      expect(reachable(before)).toContain(rollout.status);
      expect(rollout.ended).toBe(rollout.finishedAt !== undefined);
      seen.set(rollout, rollout.status);
    }
    await shop.deployment();
  }

  async function end(rule: string): Promise<void> {
    shop.world.setPlacement();
    shop.world.setAlarm('errors', 'OK');
    shop.clock.pass(24 * 60 * minute);
    const last = await shop.deployment();
    expect(last.finishedAt).toBeDefined();

    await shop.client.updateService({ service: 'shop', desiredCount: 2 });
    const arn = await shop.deploy('good');
    shop.clock.pass(2 * 60 * minute);
    expect(await shop.deployment(arn)).toMatchObject({ status: 'SUCCESSFUL' });
    expect(await shop.service()).toMatchObject({ runningCount: 2, pendingCount: 0 });
    expect(shop.world.tasks.all.filter(({ live }) => live)).toHaveLength(2);
    const weights = Object.values(shop.world.balancing.rules.get(rule)?.weights ?? {});
    expect(weights.reduce((total, weight) => total + weight, 0)).toBe(100);
  }
});

/** A status and all that may come after it. */
function reachable(status: string): string[] {
  return [status, ...(next[status] ?? []).flatMap(reachable)];
}
