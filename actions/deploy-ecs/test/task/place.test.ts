import type { Service } from '@aws-sdk/client-ecs';
import { expect, test } from '@jest/globals';
import { placeOf } from '../../src/task/place.ts';

const awsvpcConfiguration = {
  subnets: ['subnet-1', 'subnet-2'],
  securityGroups: ['sg-1'],
  assignPublicIp: 'DISABLED' as const,
};
const networkConfiguration = { awsvpcConfiguration };
const spot = [{ capacityProvider: 'FARGATE_SPOT', weight: 2, base: 1 }];
const volume = { name: 'data', managedEBSVolume: { roleArn: 'arn:role', sizeInGiB: 20 } };

test.each<[string, Service, string | undefined, object]>([
  [
    'Fargate: network, launch type and platform version',
    { networkConfiguration, launchType: 'FARGATE', platformVersion: '1.4.0' },
    'awsvpc',
    { networkConfiguration, launchType: 'FARGATE', platformVersion: '1.4.0' },
  ],
  [
    'a capacity provider instead of the launch type',
    {
      networkConfiguration,
      launchType: 'FARGATE',
      capacityProviderStrategy: spot,
      platformVersion: 'LATEST',
    },
    'awsvpc',
    { networkConfiguration, capacityProviderStrategy: spot, platformVersion: 'LATEST' },
  ],
  [
    'EC2 with awsvpc: no platform version',
    { networkConfiguration, launchType: 'EC2', platformVersion: '' },
    'awsvpc',
    { networkConfiguration, launchType: 'EC2' },
  ],
  [
    'bridge: no network at all',
    { networkConfiguration, launchType: 'EC2' },
    'bridge',
    { launchType: 'EC2' },
  ],
  [
    'host: no network at all',
    { networkConfiguration, launchType: 'EC2' },
    'host',
    { launchType: 'EC2' },
  ],
  [
    'no mode is bridge',
    { networkConfiguration, launchType: 'EC2' },
    undefined,
    { launchType: 'EC2' },
  ],
  [
    'EBS volumes of the newest deployment',
    {
      launchType: 'EC2',
      deployments: [
        { status: 'ACTIVE', volumeConfigurations: [{ name: 'old' }] },
        { status: 'PRIMARY', volumeConfigurations: [volume] },
      ],
    },
    'bridge',
    { launchType: 'EC2', volumeConfigurations: [volume] },
  ],
])('%s', (_, service, mode, place) => {
  expect(placeOf(service, mode)).toEqual(place);
});

test('a document that a service is created from tells the same', () => {
  const document = JSON.parse(
    JSON.stringify({ serviceName: 'shop', networkConfiguration, launchType: 'FARGATE' }),
  );
  expect(placeOf(document, 'awsvpc')).toEqual({ networkConfiguration, launchType: 'FARGATE' });
});
