import type { Commands } from '@slipway/shared/action/commands';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { environmentIdentity } from '@slipway/shared/identity/aws-environment';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import { roleIdentity } from '@slipway/shared/identity/aws-role';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { systemClock } from '@slipway/shared/time/clock';
import type { Settings } from './settings.ts';

/** As whom a run speaks to AWS, and where. */
export interface AwsAccess {
  region: string;
  identity: AwsIdentity;
  context: IdentityContext;
}

/**
 * Finds the region and the identity. Nothing is asked of AWS yet.
 * @throws Failure `action/input` where nothing tells the region
 */
export function awsAccess(
  settings: Pick<Settings, 'aws-region' | 'aws-role' | 'cluster' | 'task-definition'>,
  run: { env: Environment; commands: Pick<Commands, 'mask'> },
): AwsAccess {
  const { commands, env } = run;
  const ofCluster = /^arn:[^:]+:ecs:(?<region>[a-z0-9-]+):/.exec(settings.cluster)?.groups?.[
    'region'
  ];
  const given = settings['aws-region'];
  if (given && ofCluster && given !== ofCluster) {
    const problems = `Input aws-region is ${given}, but the ARN of cluster is of ${ofCluster}. Valid: ${ofCluster}`;
    throw Failure.of('action/input', { problems });
  }
  const region = given ?? ofCluster ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (!region) {
    const problems =
      'Input aws-region is missing, and neither cluster nor AWS_REGION tells it. Valid: eu-central-1';
    throw Failure.of('action/input', { problems });
  }
  const named = settings['task-definition'];
  if (named?.at === 'ecs' && named.region !== undefined && named.region !== region) {
    const problems = `Input task-definition is of ${named.region}, but the cluster is in ${region}. Valid: ${named.name.replace(named.region, region)}`;
    throw Failure.of('action/input', { problems });
  }
  // Not the signal of the run: a rollback after a cancel needs credentials too.
  const context = { env, fetch: httpFetch, clock: systemClock, mask: commands.mask };
  const role = settings['aws-role'];
  const identity = role
    ? roleIdentity({ role, region }, context)
    : environmentIdentity(region, context);
  return { region, identity, context };
}
