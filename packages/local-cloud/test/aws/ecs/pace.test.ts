import { ECS, waitUntilServicesStable } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { startAws } from '../../../src/aws/aws.ts';
import { quickDurations } from '../../../src/aws/ecs/options.ts';
import { virtualEcs } from '../../../src/aws/ecs/virtual/virtual-ecs.ts';
import { Shop } from './shop.ts';

describe('the pace of the emulated ECS', () => {
  it("on the machine's own clock a deployment takes milliseconds, and AWS's waiter knows it", async () => {
    const { worlds } = virtualEcs({ durations: quickDurations, pace: 0.001 });
    await using aws = await startAws({ ecs: worlds });
    const client = new ECS({
      region: 'eu-central-1',
      endpoint: aws.env['AWS_ENDPOINT_URL_ECS'] ?? '',
      credentials: aws.credentials('arn:aws:iam::123456789012:role/deploy'),
    });
    await client.registerTaskDefinition({
      family: 'shop',
      containerDefinitions: [{ name: 'web', image: 'shop:1', memory: 128 }],
    });
    await client.createService({ serviceName: 'shop', taskDefinition: 'shop', desiredCount: 2 });
    const { state } = await waitUntilServicesStable(
      { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { services: ['shop'] },
    );
    expect(state).toBe('SUCCESS');
    // For the waiter it is stable as soon as its tasks run; the deployment ends a moment later.
    const look = async () => {
      const { services: [service] = [] } = await client.describeServices({ services: ['shop'] });
      return service?.deployments?.[0];
    };
    let deployment = await look();
    while (deployment?.rolloutState === 'IN_PROGRESS') deployment = await look();
    expect(deployment).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
  });

  it('where it is throttled it takes the documented burst, then the documented rate', async () => {
    await using shop = await Shop.open({ throttled: true });
    const { config } = shop.client;
    const impatient = new ECS({
      region: 'eu-central-1',
      endpoint: shop.aws.env['AWS_ENDPOINT_URL_ECS'] ?? '',
      credentials: config.credentials,
      maxAttempts: 1,
    });
    const taken = async (count: number) => {
      const answers = await Promise.allSettled(
        Array.from({ length: count }, () => impatient.describeClusters({})),
      );
      for (const answer of answers) {
        if (answer.status === 'rejected') {
          expect(answer.reason).toMatchObject({
            name: 'ThrottlingException',
            message: 'Rate exceeded',
          });
        }
      }
      return answers.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await taken(60)).toBe(50);
    shop.clock.pass(1_000);
    expect(await taken(30)).toBe(20);
  });
});
