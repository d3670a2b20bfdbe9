import type { Problem } from '@slipway/shared/action/inputs';
import type { Environment } from '@slipway/shared/exec/environment';
import type { TaskDefinitionPlace } from './task-definition/given.ts';

/** What tells the region of a run. */
export interface RegionInputs {
  'aws-region'?: string | undefined;
  cluster: string;
  'task-definition'?: TaskDefinitionPlace | undefined;
}

/** The region of a run: of the input, else of the ARN of the cluster, else of the environment. */
export function regionOf(inputs: RegionInputs, env: Environment): string | undefined {
  const told = inputs['aws-region'] ?? ofCluster(inputs) ?? env['AWS_REGION'];
  return told || env['AWS_DEFAULT_REGION'] || undefined;
}

/** Checks that something tells the region, and that nothing tells another one. */
export function checkRegion(inputs: RegionInputs, env: Environment, problem: Problem): void {
  const { 'aws-region': given, 'task-definition': named } = inputs;
  const cluster = ofCluster(inputs);
  if (given && cluster && given !== cluster) {
    problem('aws-region', `is ${given}, but the ARN of cluster is of ${cluster}`, cluster);
    return;
  }
  const region = regionOf(inputs, env);
  if (!region) {
    problem(
      'aws-region',
      'is missing, and neither cluster nor AWS_REGION tells it',
      'eu-central-1',
    );
  } else if (named?.at === 'ecs' && named.region !== undefined && named.region !== region) {
    const wrong = `is of ${named.region}, but the cluster is in ${region}`;
    problem('task-definition', wrong, named.name.replace(named.region, region));
  }
}

function ofCluster({ cluster }: RegionInputs): string | undefined {
  return /^arn:[^:]+:ecs:(?<region>[a-z0-9-]+):/.exec(cluster)?.groups?.['region'];
}
