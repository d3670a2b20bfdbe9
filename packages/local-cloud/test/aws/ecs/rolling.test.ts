import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import { minute, Shop } from './shop.ts';

const breaker: DeploymentConfiguration = {
  deploymentCircuitBreaker: { enable: true, rollback: true },
};

describe('a rolling deployment', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it('replaces the tasks and says so in the words of ECS', async () => {
    await shop.create();
    const before = (await shop.service()).events?.length ?? 0;
    const arn = await shop.deploy('2');
    expect(await shop.story(arn)).toEqual([
      'PENDING',
      'IN_PROGRESS SCALE_UP',
      'IN_PROGRESS CLEAN_UP',
      'SUCCESSFUL',
    ]);
    const events = await shop.events();
    expect(events.slice(0, events.length - before)).toEqual([
      'has reached a steady state.',
      '(deployment ecs-svc/…) deployment completed.',
      'has stopped 1 running tasks: (task …).',
      'has stopped 1 running tasks: (task …).',
      'has started 2 tasks: (task …) (task …).',
    ]);
  });

  it('shows both deployments until the old tasks are gone', async () => {
    await shop.create();
    await shop.deploy('2');
    shop.clock.pass(20_000);
    expect((await shop.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', desiredCount: 2 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    await shop.until(({ status }) => status === 'SUCCESSFUL');
    expect((await shop.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2, pendingCount: 0 },
    ]);
  });

  it('waits 40 s after RUNNING for a task without any health check', async () => {
    await shop.create({ desiredCount: 1 });
    const arn = await shop.deploy('2');
    const { finishedAt, startedAt } = await shop.until(({ status }) => status === 'SUCCESSFUL', {
      arn,
      step: 500,
    });
    const took = (finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0);
    // Network 10 s, image 5 s, start 1 s, 40 s, and 5 s for the end of the old task.
    expect(took).toBe(61_000);
  });

  it('keeps tasks of a stopped service at its percentages when there is no room for more', async () => {
    await shop.create({
      desiredCount: 4,
      deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 100 },
    });
    await shop.deploy('2');
    let most = 0;
    let least = Infinity;
    await shop.until(({ status }) => {
      const live = shop.world.tasks.all.filter((task) => task.live);
      most = Math.max(most, live.length);
      least = Math.min(least, live.filter(({ healthy }) => healthy).length);
      return status === 'SUCCESSFUL';
    });
    expect({ most, least }).toEqual({ most: 4, least: 2 });
  });

  it.each<[name: keyof typeof scripts, stopCode: string, reason: RegExp, exitCode?: number]>([
    ['crash', 'EssentialContainerExited', /^Essential container in task exited$/, 1],
    ['outOfMemory', 'EssentialContainerExited', /^Essential container in task exited$/, 137],
    ['noImage', 'TaskFailedToStart', /^CannotPullContainerError: /],
    ['noSecret', 'TaskFailedToStart', /^ResourceInitializationError: /],
  ])(
    '%s: three failed tasks trip the circuit breaker, which rolls back',
    async (name, ...wanted) => {
      const [stopCode, reason, exitCode] = wanted;
      shop.ecs.runtime.behave(':2', scripts[name]);
      await shop.create({ desiredCount: 1, deploymentConfiguration: breaker });
      const arn = await shop.deploy('2');
      expect(await shop.story(arn)).toEqual([
        'PENDING',
        'IN_PROGRESS SCALE_UP',
        'ROLLBACK_IN_PROGRESS',
        'ROLLBACK_SUCCESSFUL',
      ]);
      expect(await shop.deployment(arn)).toMatchObject({
        deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
        rollback: {
          reason:
            'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        },
      });
      const stopped = shop.world.tasks.all.filter(({ wire }) => wire.stopCode === stopCode);
      expect(stopped).toHaveLength(3);
      for (const { wire } of stopped) {
        expect(wire.stoppedReason).toMatch(reason);
        expect(wire.containers[0]?.exitCode).toBe(exitCode);
      }
      expect((await shop.events()).slice(0, 5)).toContain('rolling back to deployment ecs-svc/….');
      const { deployments } = await shop.service();
      expect(deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED' }]);
      expect(deployments?.[0]?.taskDefinition).toMatch(/shop:1$/);
    },
  );

  it('without rollback the circuit breaker leaves the old tasks running and starts no more', async () => {
    shop.ecs.runtime.behave(':2', scripts.crash);
    await shop.create({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    const arn = await shop.deploy('2');
    expect((await shop.story(arn)).at(-1)).toBe('STOPPED');
    const before = shop.world.tasks.all.length;
    shop.clock.pass(30 * minute);
    const { deployments } = await shop.service();
    expect(deployments).toMatchObject([
      {
        status: 'PRIMARY',
        rolloutState: 'FAILED',
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      },
      { status: 'ACTIVE', runningCount: 2 },
    ]);
    expect(shop.world.tasks.all.length).toBeLessThanOrEqual(before);
  });

  it('without a circuit breaker it goes on for ever', async () => {
    shop.ecs.runtime.behave(':2', scripts.crash);
    await shop.create({ desiredCount: 1 });
    const arn = await shop.deploy('2');
    shop.clock.pass(12 * 60 * minute);
    expect(await shop.deployment(arn)).toMatchObject({ status: 'IN_PROGRESS' });
    expect((await shop.service()).deployments?.[0]?.failedTasks).toBeGreaterThan(10);
    expect(await shop.events()).toContain(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    );
  });

  it.each([
    {
      type: 'ROLLBACK',
      story: ['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL'],
    },
    { type: 'ABORT', story: ['STOP_REQUESTED', 'STOPPED'] },
  ] as const)('stopped by request with $type', async ({ story, type }) => {
    await shop.create();
    const arn = await shop.deploy('2');
    await shop.until(({ lifecycleStage }) => lifecycleStage === 'SCALE_UP', { arn });
    await shop.client.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: type });
    expect(await shop.story(arn)).toEqual(story);
    await expect(
      shop.client.stopServiceDeployment({ serviceDeploymentArn: arn, stopType: type }),
    ).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('the first deployment has nothing to roll back to', async () => {
    shop.ecs.runtime.behave(':1', scripts.neverHealthy);
    const taskDefinition = await shop.register('1');
    const { service } = await shop.client.createService({
      serviceName: 'shop',
      taskDefinition,
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    const arn = service?.currentServiceDeployment ?? '';
    await shop.client.stopServiceDeployment({ serviceDeploymentArn: arn });
    expect(await shop.story(arn)).toEqual(['ROLLBACK_REQUESTED', 'ROLLBACK_FAILED']);
  });

  it('a rollback whose tasks fail as well is ROLLBACK_FAILED', async () => {
    await shop.create({
      desiredCount: 1,
      deploymentConfiguration: { ...breaker, minimumHealthyPercent: 0, maximumPercent: 100 },
    });
    shop.ecs.runtime.behave('shop:', scripts.crash);
    const arn = await shop.deploy('2');
    expect(await shop.story(arn)).toEqual([
      'PENDING',
      'IN_PROGRESS SCALE_UP',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_FAILED',
    ]);
    expect((await shop.service()).deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED' },
    ]);
  });

  it('a newer deployment takes over one that is under way', async () => {
    shop.ecs.runtime.behave(':2', scripts.crash);
    await shop.create();
    const first = await shop.deploy('2');
    await shop.until(({ status }) => status === 'IN_PROGRESS', { arn: first });
    const second = await shop.deploy('3');
    expect(await shop.deployment(first)).toMatchObject({ status: 'STOPPED' });
    expect((await shop.story(second)).at(-1)).toBe('SUCCESSFUL');
    expect((await shop.service()).runningCount).toBe(2);
    const { serviceDeployments = [] } = await shop.client.listServiceDeployments({
      service: 'shop',
    });
    expect(serviceDeployments.map(({ status }) => status)).toEqual([
      'SUCCESSFUL',
      'STOPPED',
      'SUCCESSFUL',
    ]);
  });

  it('an alarm during the bake time rolls back, one that rang before does not', async () => {
    const alarms = { alarmNames: ['errors', 'old'], enable: true, rollback: true };
    await shop.create({ deploymentConfiguration: { alarms } });
    shop.world.setAlarm('old', 'ALARM');
    const arn = await shop.deploy('2');
    await shop.until(({ lifecycleStage }) => lifecycleStage === 'BAKE_TIME', { arn });
    shop.world.setAlarm('errors', 'ALARM');
    expect(await shop.story(arn)).toEqual(['ROLLBACK_IN_PROGRESS', 'ROLLBACK_SUCCESSFUL']);
    expect(await shop.deployment(arn)).toMatchObject({
      alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['errors'] },
    });
    expect(await shop.events()).toContain(
      '(deployment ecs-svc/…) deployment failed: alarm detected.',
    );
  });

  it('early success does not wait for the old tasks', async () => {
    const groups = shop.world.balancing.addGroup({ name: 'shop' });
    shop.world.balancing.addListener(80, groups.arn);
    await shop.create({
      loadBalancers: [{ targetGroupArn: groups.arn, containerName: 'web', containerPort: 80 }],
      deploymentConfiguration: {
        earlySuccessCriteria: {
          enable: true,
          healthyPercent: 100,
          sourceServiceRevisionCleanup: 'DEFERRED',
        },
      },
    });
    const arn = await shop.deploy('2');
    const { finishedAt, startedAt } = await shop.until(({ status }) => status === 'SUCCESSFUL', {
      arn,
    });
    expect((finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)).toBeLessThan(minute);
    expect((await shop.service()).deployments).toHaveLength(2);
    shop.clock.pass(6 * minute);
    expect((await shop.service()).deployments).toHaveLength(1);
  });

  it('only the desired count: no deployment, and the tasks follow', async () => {
    await shop.create();
    const { currentServiceDeployment } = await shop.service();
    await shop.client.updateService({ service: 'shop', desiredCount: 3 });
    shop.clock.pass(minute);
    const service = await shop.service();
    expect(service).toMatchObject({ runningCount: 3, currentServiceDeployment });
    await shop.client.updateService({ service: 'shop', desiredCount: 0 });
    shop.clock.pass(minute);
    expect(await shop.service()).toMatchObject({ runningCount: 0 });
  });

  it('a task that crashes later is replaced, and that is no deployment', async () => {
    shop.ecs.runtime.behave(':1', { ...scripts.healthy, exit: { after: 10 * minute, code: 1 } });
    await shop.create({ desiredCount: 1 });
    const { currentServiceDeployment } = await shop.service();
    shop.clock.pass(12 * minute);
    const service = await shop.service();
    expect(service).toMatchObject({ runningCount: 1, currentServiceDeployment });
    expect(shop.world.tasks.all).toHaveLength(2);
  });

  it('no place for a task is said, and tried again', async () => {
    await shop.create();
    shop.world.setPlacement('Capacity is unavailable at this time');
    const arn = await shop.deploy('2');
    shop.clock.pass(minute);
    expect((await shop.events())[0]).toBe(
      'was unable to place a task. Reason: Capacity is unavailable at this time.',
    );
    shop.world.setPlacement();
    expect((await shop.story(arn)).at(-1)).toBe('SUCCESSFUL');
  });
});
