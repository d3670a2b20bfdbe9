import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import { minute, Shop } from './shop.ts';

describe('a service', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.open();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it('that is not there is a failure of DescribeServices, and an error of the others', async () => {
    expect(await shop.client.describeServices({ services: ['gone'] })).toMatchObject({
      services: [],
      failures: [
        {
          arn: 'arn:aws:ecs:eu-central-1:123456789012:service/default/gone',
          reason: 'MISSING',
        },
      ],
    });
    await expect(
      shop.client.updateService({ service: 'gone', desiredCount: 1 }),
    ).rejects.toMatchObject({ name: 'ServiceNotFoundException', message: 'Service not found.' });
    await expect(
      shop.client.describeServices({ cluster: 'gone', services: ['shop'] }),
    ).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  });

  it('can be created again only by the same request', async () => {
    await shop.create();
    const same = {
      serviceName: 'shop',
      taskDefinition: (await shop.service()).taskDefinition,
      desiredCount: 2,
      launchType: 'FARGATE' as const,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    };
    const { service } = await shop.client.createService(same);
    expect(service?.currentServiceDeployment).toBe((await shop.service()).currentServiceDeployment);
    await expect(shop.client.createService({ ...same, desiredCount: 3 })).rejects.toMatchObject({
      message: 'Creation of service was not idempotent.',
    });
  });

  it('ends DRAINING, then INACTIVE, and can be created again', async () => {
    await shop.create();
    await expect(shop.client.deleteService({ service: 'shop' })).rejects.toMatchObject({
      message: 'The service cannot be stopped while it is scaled above 0.',
    });
    const { service } = await shop.client.deleteService({ service: 'shop', force: true });
    expect(service).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    await expect(shop.create()).rejects.toMatchObject({
      message: 'Unable to Start a service that is still Draining.',
    });
    shop.clock.pass(minute);
    expect(await shop.service()).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
    await expect(
      shop.client.updateService({ service: 'shop', desiredCount: 1 }),
    ).rejects.toMatchObject({ name: 'ServiceNotActiveException' });
    expect((await shop.client.listServices({})).serviceArns).toEqual([]);
    await shop.create();
    expect(await shop.service()).toMatchObject({ status: 'ACTIVE', runningCount: 2 });
  });

  it.each<[more: object, said: string | RegExp]>([
    [
      { loadBalancers: [{ targetGroupArn: 'arn:gone', containerName: 'web', containerPort: 80 }] },
      'The target group with targetGroupArn arn:gone does not exist.',
    ],
    [
      { loadBalancers: [{ targetGroupArn: 'arn:gone', containerName: 'db', containerPort: 80 }] },
      'The container db does not exist in the task definition.',
    ],
    [
      { loadBalancers: [{ targetGroupArn: 'arn:gone', containerName: 'web', containerPort: 81 }] },
      'The container web did not have a container port 81 defined.',
    ],
    [
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [{ networkConfiguration: undefined }, /^Network Configuration must be provided/],
    [{ taskDefinition: undefined }, 'TaskDefinition can not be blank.'],
    [{ taskDefinition: 'gone' }, 'TaskDefinition not found.'],
  ])('is not created with %j', async (more, said) => {
    await shop.register('1');
    await expect(
      shop.client.createService({
        serviceName: 'shop',
        taskDefinition: 'shop',
        desiredCount: 1,
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        ...more,
      }),
    ).rejects.toMatchObject({
      message: typeof said === 'string' ? said : expect.stringMatching(said),
    });
  });

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)(
    'of %s has no deployments of ECS, and is not updated by it',
    async (type) => {
      await shop.register('1');
      await shop.client.createService({
        serviceName: 'shop',
        taskDefinition: 'shop',
        desiredCount: 1,
        deploymentController: { type },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      });
      const service = await shop.service();
      expect(service).toMatchObject({ deployments: [], deploymentController: { type } });
      expect(service.currentServiceDeployment).toBeUndefined();
      await expect(
        shop.client.updateService({ service: 'shop', taskDefinition: 'shop' }),
      ).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: expect.stringContaining(`a ${type} deployment controller`),
      });
    },
  );

  it.each<[what: object, deploys: boolean]>([
    [{ forceNewDeployment: true }, true],
    [{ networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2'] } } }, true],
    [{ platformVersion: '1.4.0' }, true],
    [{ desiredCount: 3 }, false],
    [{ deploymentConfiguration: { maximumPercent: 150 } }, false],
    [{ taskDefinition: 'shop' }, false],
    [{ healthCheckGracePeriodSeconds: 10 }, false],
  ])('%j: a new deployment is %s', async (what, deploys) => {
    await shop.create();
    const { currentServiceDeployment } = await shop.service();
    const { service } = await shop.client.updateService({ service: 'shop', ...what });
    expect(service?.currentServiceDeployment !== currentServiceDeployment).toBe(deploys);
  });

  it('gives its tasks its tags, and those that ECS manages', async () => {
    await shop.create({
      desiredCount: 1,
      tags: [{ key: 'team', value: 'shop' }],
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
    });
    const { tags = [] } = shop.world.tasks.all[0]?.wire ?? {};
    expect(tags.map(({ key, value }) => `${key}=${value}`)).toEqual([
      'team=shop',
      'aws:ecs:clusterName=default',
      'aws:ecs:serviceName=shop',
    ]);
  });

  it('is unhealthy in its target group only after the grace period', async () => {
    shop.ecs.runtime.behave(':1', scripts.neverHealthy);
    const { arn } = shop.world.balancing.addGroup({ name: 'shop', interval: 10 });
    shop.world.balancing.addListener(80, arn);
    await shop.register('1');
    await shop.client.createService({
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 1,
      healthCheckGracePeriodSeconds: 120,
      loadBalancers: [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }],
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    const health = async () => {
      const { TargetHealthDescriptions: [target] = [] } = await shop.balancing.describeTargetHealth(
        { TargetGroupArn: arn },
      );
      return target?.TargetHealth;
    };
    shop.clock.pass(20_000);
    expect(await health()).toMatchObject({ State: 'initial' });
    shop.clock.pass(60_000);
    expect(await health()).toMatchObject({
      State: 'unhealthy',
      Reason: 'Target.ResponseCodeMismatch',
      Description: 'Health checks failed with these codes: [503]',
    });
    expect(shop.world.tasks.all.map(({ live }) => live)).toEqual([true]);
    shop.clock.pass(80_000);
    expect(await health()).toMatchObject({
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
    });
    expect(shop.world.tasks.all[0]?.wire.stoppedReason).toBe(
      `Task failed ELB health checks in (target-group ${arn})`,
    );
  });

  it('drains a task for the delay of its target group before it is stopped', async () => {
    const { arn } = shop.world.balancing.addGroup({ name: 'shop' });
    shop.world.balancing.addListener(80, arn);
    await shop.create({
      desiredCount: 1,
      loadBalancers: [{ targetGroupArn: arn, containerName: 'web', containerPort: 80 }],
    });
    const deployment = await shop.deploy('2');
    const { finishedAt, startedAt } = await shop.until(({ status }) => status === 'SUCCESSFUL', {
      arn: deployment,
      step: 500,
    });
    const took = ((finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 1_000;
    // Network 10 s, image 5 s, start 1 s, health 10 s, 300 s of draining, 5 s for the end.
    expect(took).toBe(331);
  });

  it('failing health checks of a container replace its task', async () => {
    shop.ecs.runtime.behave(':1', scripts.neverHealthy);
    await shop.register('1', {
      containerDefinitions: [
        { name: 'web', image: 'shop:1', healthCheck: { command: ['CMD', 'true'], interval: 5 } },
      ],
    });
    await shop.client.createService({
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    shop.clock.pass(35_000);
    expect(await shop.events()).toContain('(task …) failed container health checks.');
    const [task] = shop.world.tasks.all;
    expect(task?.wire).toMatchObject({
      healthStatus: 'UNHEALTHY',
      stoppedReason: 'Task failed container health checks',
    });
  });
});
