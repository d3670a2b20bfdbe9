import { describe, expect, it } from '@jest/globals';
import { awsAccess } from '../src/identity.ts';

const run = (env: Record<string, string> = {}) => ({ env, commands: { mask: () => undefined } });
const none = { 'aws-region': undefined, 'aws-role': undefined, 'task-definition': undefined };
const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';

describe('the region of a run', () => {
  it.each([
    ['the input', { ...none, cluster: 'shop', 'aws-region': 'eu-north-1' }, {}, 'eu-north-1'],
    ['the ARN of the cluster', { ...none, cluster: arn }, {}, 'eu-west-1'],
    ['AWS_REGION', { ...none, cluster: 'shop' }, { AWS_REGION: 'us-east-1' }, 'us-east-1'],
  ])('is that of %s', (_, settings, env, region) => {
    expect(awsAccess(settings, run(env)).region).toBe(region);
  });

  it.each([
    ['nothing tells it', { ...none, cluster: 'shop' }, 'aws-region is missing'],
    ['two say different ones', { ...none, cluster: arn, 'aws-region': 'eu-north-1' }, 'eu-west-1'],
    [
      'the task definition is of another one',
      {
        ...none,
        cluster: arn,
        'task-definition': {
          at: 'ecs' as const,
          name: 'arn:aws:ecs:eu-north-1:123456789012:task-definition/shop:7',
          region: 'eu-north-1',
        },
      },
      'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7',
    ],
  ])('is refused where %s', (_, settings, said) => {
    expect(() => awsAccess(settings, run())).toThrow(said);
  });
});
