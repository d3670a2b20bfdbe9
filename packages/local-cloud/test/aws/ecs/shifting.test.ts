import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import type { Rule } from '../../../src/aws/elbv2/load-balancing.ts';
import { minute, Shop } from './shop.ts';

const ramp = [
  'PENDING',
  'IN_PROGRESS SCALE_UP',
  'IN_PROGRESS TEST_TRAFFIC_SHIFT',
  'IN_PROGRESS PRODUCTION_TRAFFIC_SHIFT',
];

describe('a deployment that shifts traffic', () => {
  let shop: Shop;
  let production: Rule;
  let test: Rule;
  let groups: string[];
  beforeEach(async () => {
    shop = await Shop.open();
    const { balancing } = shop.world;
    groups = ['blue', 'green'].map((name) => balancing.addGroup({ name, interval: 10 }).arn);
    production = balancing.addListener(80, groups[0] ?? '');
    test = balancing.addListener(8080, groups[0] ?? '');
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  const create = (deploymentConfiguration: DeploymentConfiguration) =>
    shop.create({
      deploymentConfiguration,
      loadBalancers: [
        {
          targetGroupArn: groups[0],
          containerName: 'web',
          containerPort: 80,
          advancedConfiguration: {
            alternateTargetGroupArn: groups[1],
            productionListenerRule: production.arn,
            testListenerRule: test.arn,
            roleArn: 'arn:aws:iam::123456789012:role/ecs-traffic',
          },
        },
      ],
    });

  /** Weights of the green group at both listeners, whenever they are others than before. */
  async function weights(arn: string): Promise<string[]> {
    const told: string[] = [];
    await shop.until(
      ({ status }) => {
        const of = (rule: Rule) =>
          shop.world.balancing.rules.get(rule.arn)?.weights[groups[1] ?? ''];
        const line = `test ${of(test) ?? 0}, production ${of(production) ?? 0}`;
        if (told.at(-1) !== line) told.push(line);
        return /SUCCESSFUL|STOPPED|FAILED/.test(status ?? '');
      },
      { arn, most: 24 * 60 * minute },
    );
    return told;
  }

  it('BLUE_GREEN: test traffic, production traffic, bake, clean up', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 });
    const arn = await shop.deploy('2');
    expect(await shop.story(arn)).toEqual([
      ...ramp,
      'IN_PROGRESS BAKE_TIME',
      'IN_PROGRESS CLEAN_UP',
      'SUCCESSFUL',
    ]);
    const { Rules: [rule] = [] } = await shop.balancing.describeRules({
      RuleArns: [production.arn],
    });
    expect(rule?.Actions?.[0]?.ForwardConfig?.TargetGroups).toEqual(
      expect.arrayContaining([
        { TargetGroupArn: groups[0], Weight: 0 },
        { TargetGroupArn: groups[1], Weight: 100 },
      ]),
    );
    const { TargetHealthDescriptions: targets = [] } = await shop.balancing.describeTargetHealth({
      TargetGroupArn: groups[1],
    });
    expect(targets.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(['healthy', 'healthy']);
  });

  it('both revisions run at full size until the end of the bake', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 });
    const arn = await shop.deploy('2');
    const { sourceServiceRevisions, targetServiceRevision } = await shop.until(
      ({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME',
      { arn },
    );
    expect(targetServiceRevision).toMatchObject({
      runningTaskCount: 2,
      requestedProductionTrafficWeight: 100,
      requestedTestTrafficWeight: 100,
    });
    expect(sourceServiceRevisions).toMatchObject([
      { runningTaskCount: 2, requestedProductionTrafficWeight: 0 },
    ]);
  });

  it.each<[strategy: string, configuration: DeploymentConfiguration, production: number[]]>([
    ['BLUE_GREEN', { bakeTimeInMinutes: 0 }, [100]],
    [
      'CANARY',
      { canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 5 } },
      [20, 100],
    ],
    ['CANARY', {}, [5, 100]],
    [
      'LINEAR',
      { linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 } },
      [30, 60, 90, 100],
    ],
    ['LINEAR', {}, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
  ])('%s %j shifts production by these steps: %j', async (strategy, configuration, steps) => {
    await create({ strategy: strategy as 'CANARY', ...configuration });
    const arn = await shop.deploy('2');
    expect(await weights(arn)).toEqual([
      'test 0, production 0',
      'test 100, production 0',
      ...steps.map((weight) => `test 100, production ${weight}`),
    ]);
  });

  it('the second deployment goes back to the first groups', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
    await weights(await shop.deploy('2'));
    expect((await weights(await shop.deploy('3'))).at(-1)).toBe('test 0, production 0');
  });

  it('one that takes over in the middle gives the traffic back and clears the groups first', async () => {
    await create({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 20 } });
    const first = await shop.deploy('2');
    await shop.until(({ lifecycleStage }) => lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT', {
      arn: first,
    });
    const arn = await shop.deploy('3');
    expect(await weights(arn)).toEqual([
      'test 100, production 20',
      'test 0, production 0',
      'test 100, production 0',
      'test 100, production 20',
      'test 100, production 100',
    ]);
    expect(await shop.deployment(first)).toMatchObject({ status: 'STOPPED' });
    expect(shop.world.tasks.all.filter(({ live }) => live)).toHaveLength(2);
  });

  it('a revision says which group its tasks are in', async () => {
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
    const arn = await shop.deploy('2');
    const { sourceServiceRevisions, targetServiceRevision } = await shop.until(
      ({ lifecycleStage }) => lifecycleStage === 'SCALE_UP',
      { arn },
    );
    const { serviceRevisions = [] } = await shop.client.describeServiceRevisions({
      serviceRevisionArns: [
        sourceServiceRevisions?.[0]?.arn ?? '',
        targetServiceRevision?.arn ?? '',
      ],
    });
    expect(
      serviceRevisions.map(({ resolvedConfiguration, taskDefinition }) => [
        taskDefinition?.split('/').at(-1),
        resolvedConfiguration?.loadBalancers?.map(({ targetGroupArn }) => targetGroupArn),
      ]),
    ).toEqual([
      ['shop:1', [groups[0]]],
      ['shop:2', [groups[1]]],
    ]);
  });

  it('a bad version is stopped before it gets production traffic', async () => {
    shop.ecs.runtime.behave(':2', scripts.neverHealthy);
    await create({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 5,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    });
    const arn = await shop.deploy('2');
    expect(await weights(arn)).toEqual(['test 0, production 0']);
    expect(await shop.deployment(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    expect(await shop.events()).toContain(
      '(task …) (port 80) is unhealthy in (target-group …) due to (reason Health checks failed with these codes: [503])',
    );
  });

  it('an alarm while it bakes gives the traffic back at once', async () => {
    const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10, alarms });
    const arn = await shop.deploy('2');
    await shop.until(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME', { arn });
    shop.world.setAlarm('errors', 'ALARM');
    expect(await weights(arn)).toEqual(['test 0, production 0']);
    expect(await shop.deployment(arn)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      rollback: { reason: 'Service deployment rolled back because an alarm was detected.' },
    });
    expect((await shop.service()).runningCount).toBe(2);
  });

  describe('with a hook that pauses', () => {
    const hook = (more: Partial<DeploymentLifecycleHook> = {}): DeploymentConfiguration => ({
      strategy: 'BLUE_GREEN',
      bakeTimeInMinutes: 0,
      lifecycleHooks: [
        { targetType: 'PAUSE', lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'], ...more },
      ],
    });
    const paused = async (arn: string) => {
      const { lifecycleHookDetails: [detail] = [] } = await shop.until(
        ({ lifecycleStage }) => lifecycleStage === 'POST_TEST_TRAFFIC_SHIFT',
        { arn },
      );
      return detail;
    };
    // The first deployment pauses as well; nobody answers it.
    const created = async (more: Partial<DeploymentLifecycleHook> = {}) => {
      await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
      return shop.deploy('2', { deploymentConfiguration: hook(more) });
    };

    it('waits for an answer, before any production traffic', async () => {
      const arn = await created();
      const detail = await paused(arn);
      expect(detail).toMatchObject({
        targetType: 'PAUSE',
        status: 'AWAITING_ACTION',
        timeoutAction: 'ROLLBACK',
      });
      shop.clock.pass(60 * minute);
      expect(await shop.deployment(arn)).toMatchObject({
        lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
        targetServiceRevision: { requestedProductionTrafficWeight: 0 },
      });
      await shop.client.continueServiceDeployment({
        serviceDeploymentArn: arn,
        hookId: detail?.hookId,
      });
      expect((await weights(arn)).at(-1)).toBe('test 100, production 100');
      await expect(
        shop.client.continueServiceDeployment({
          serviceDeploymentArn: arn,
          hookId: detail?.hookId,
        }),
      ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    });

    it('rolls back by the answer', async () => {
      const arn = await created();
      const { hookId } = (await paused(arn)) ?? {};
      await shop.client.continueServiceDeployment({
        serviceDeploymentArn: arn,
        hookId,
        action: 'ROLLBACK',
      });
      expect((await shop.story(arn)).at(-1)).toBe('ROLLBACK_SUCCESSFUL');
    });

    it.each([
      { action: 'CONTINUE', end: 'SUCCESSFUL' },
      { action: 'ROLLBACK', end: 'ROLLBACK_SUCCESSFUL' },
    ] as const)('$action when nobody answers in time', async ({ action, end }) => {
      const arn = await created({ timeoutConfiguration: { timeoutInMinutes: 30, action } });
      await paused(arn);
      shop.clock.pass(29 * minute);
      expect(await shop.deployment(arn)).toMatchObject({ status: 'IN_PROGRESS' });
      expect((await shop.story(arn)).at(-1)).toBe(end);
    });

    it('is refused where traffic is shifting', async () => {
      await expect(
        created({ lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }),
      ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    });
  });

  it.each([
    { outcome: 'SUCCEEDED', end: 'SUCCESSFUL' },
    { outcome: 'FAILED', end: 'ROLLBACK_SUCCESSFUL' },
  ] as const)('a Lambda hook that says $outcome', async ({ end, outcome }) => {
    const hookTargetArn = 'arn:aws:lambda:eu-central-1:123456789012:function:check';
    await create({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 });
    shop.world.lambdas.set(hookTargetArn, outcome);
    const arn = await shop.deploy('2', {
      deploymentConfiguration: {
        lifecycleHooks: [
          {
            hookTargetArn,
            roleArn: 'arn:aws:iam::123456789012:role/hooks',
            lifecycleStages: ['PRE_PRODUCTION_TRAFFIC_SHIFT'],
          },
        ],
      },
    });
    expect((await shop.story(arn)).at(-1)).toBe(end);
  });
});
