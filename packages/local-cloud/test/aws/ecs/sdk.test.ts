import { ECS } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Aws, startAws } from '../../../src/aws/aws.ts';
import { scripts } from '../../../src/aws/ecs/virtual/script.ts';
import { type VirtualEcs, virtualEcs } from '../../../src/aws/ecs/virtual/virtual-ecs.ts';
import { ManualClock } from '../../manual-clock.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';

describe("AWS's own client drives a rollout on a clock run by hand", () => {
  const clock = new ManualClock();
  let ecs: VirtualEcs;
  let aws: Aws;
  let client: ECS;

  beforeAll(async () => {
    ecs = virtualEcs({ clock });
    ecs.runtime.behave('broken', scripts.crash);
    aws = await startAws({ ecs: ecs.worlds });
    client = new ECS({
      region: 'eu-central-1',
      endpoint: aws.env['AWS_ENDPOINT_URL_ECS'] ?? '',
      credentials: aws.credentials(role),
    });
    await register('1');
    await client.createService({
      serviceName: 'shop',
      taskDefinition: 'shop',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    clock.pass(5 * 60_000);
  });
  afterAll(async () => {
    await aws[Symbol.asyncDispose]();
  });

  const register = (tag: string) =>
    client.registerTaskDefinition({
      family: 'shop',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [
        { name: 'web', image: `shop:${tag}`, portMappings: [{ containerPort: 80 }] },
      ],
    });

  async function roll(tag: string): Promise<string[]> {
    await register(tag);
    const { service } = await client.updateService({ service: 'shop', taskDefinition: 'shop' });
    const arn = service?.currentServiceDeployment ?? '';
    const seen: string[] = [];
    for (let look = 0; look < 400; look += 1) {
      const { serviceDeployments = [] } = await client.describeServiceDeployments({
        serviceDeploymentArns: [arn],
      });
      const status = serviceDeployments[0]?.status ?? '';
      if (seen.at(-1) !== status) seen.push(status);
      if (!/PENDING|PROGRESS|REQUESTED/.test(status)) break;
      clock.pass(3_000);
    }
    return seen;
  }

  it('a good version is SUCCESSFUL, and its tasks alone are left', async () => {
    expect(await roll('2')).toEqual(['PENDING', 'IN_PROGRESS', 'SUCCESSFUL']);
    const { services: [service] = [] } = await client.describeServices({ services: ['shop'] });
    expect(service?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2, failedTasks: 0 },
    ]);
    expect(service?.events?.slice(0, 2).map(({ message }) => message)).toEqual([
      '(service shop) has reached a steady state.',
      `(service shop) (deployment ${service?.deployments?.[0]?.id}) deployment completed.`,
    ]);
  });

  it('a version that crashes is ROLLBACK_SUCCESSFUL, and its tasks say why', async () => {
    expect(await roll('broken')).toEqual([
      'PENDING',
      'IN_PROGRESS',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ]);
    const { taskArns = [] } = await client.listTasks({
      serviceName: 'shop',
      desiredStatus: 'STOPPED',
    });
    const { tasks = [] } = await client.describeTasks({ tasks: taskArns });
    const crashed = tasks.filter(({ stopCode }) => stopCode === 'EssentialContainerExited');
    expect(crashed.length).toBeGreaterThanOrEqual(3);
    expect(crashed[0]).toMatchObject({
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'web', exitCode: 1 }],
    });
  });
});
