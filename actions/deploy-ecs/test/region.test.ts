import { describe, expect, it } from '@jest/globals';
import { checkRegion, type RegionInputs, regionOf } from '../src/region.ts';

const arn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop';

describe('the region of a run', () => {
  it.each([
    ['the input', { cluster: 'shop', 'aws-region': 'eu-north-1' }, {}, 'eu-north-1'],
    ['the ARN of the cluster', { cluster: arn }, { AWS_REGION: 'us-east-1' }, 'eu-west-1'],
    ['AWS_REGION', { cluster: 'shop' }, { AWS_REGION: 'us-east-1' }, 'us-east-1'],
    [
      'AWS_DEFAULT_REGION, where the other one is empty',
      { cluster: 'shop' },
      { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' },
      'us-east-2',
    ],
  ])('is that of %s', (_, inputs, env, region) => {
    expect(regionOf(inputs, env)).toBe(region);
    expect(problemsOf(inputs, env)).toEqual([]);
  });

  it.each([
    [
      'nothing tells it',
      { cluster: 'shop' },
      'aws-region is missing, and neither cluster nor AWS_REGION tells it: eu-central-1',
    ],
    [
      'two say different ones',
      { cluster: arn, 'aws-region': 'eu-north-1' },
      'aws-region is eu-north-1, but the ARN of cluster is of eu-west-1: eu-west-1',
    ],
    [
      'the task definition is of another one',
      {
        cluster: arn,
        'task-definition': {
          at: 'ecs' as const,
          name: 'arn:aws:ecs:eu-north-1:123456789012:task-definition/shop:7',
          region: 'eu-north-1',
        },
      },
      'task-definition is of eu-north-1, but the cluster is in eu-west-1: arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7',
    ],
  ])('is refused where %s', (_, inputs, said) => {
    expect(problemsOf(inputs)).toEqual([said]);
  });
});

function problemsOf(inputs: RegionInputs, env: Record<string, string> = {}): string[] {
  const problems: string[] = [];
  checkRegion(inputs, env, (input, wrong, example) =>
    problems.push(`${input} ${wrong}: ${example}`),
  );
  return problems;
}
