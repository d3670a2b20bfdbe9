import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsClientSettings } from '@slipway/shared/identity/aws-client';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { callsOf, credentialsOf, onFirstCall } from './calls.ts';
import type { Call } from './ecs-api.ts';

/** The calls to Elastic Load Balancing; they fail as those of `EcsApi`. */
export interface LoadBalancingApi {
  describeTargetHealth: Call<
    elb.DescribeTargetHealthCommandInput,
    elb.DescribeTargetHealthCommandOutput
  >;
  describeTargetGroups: Call<
    elb.DescribeTargetGroupsCommandInput,
    elb.DescribeTargetGroupsCommandOutput
  >;
  describeLoadBalancers: Call<
    elb.DescribeLoadBalancersCommandInput,
    elb.DescribeLoadBalancersCommandOutput
  >;
  describeListeners: Call<elb.DescribeListenersCommandInput, elb.DescribeListenersCommandOutput>;
}

/**
 * Opens Elastic Load Balancing in one region, with the first call.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
 */
export function openLoadBalancing(
  o: { region: string; identity: AwsIdentity },
  context: IdentityContext,
): LoadBalancingApi & Disposable {
  const { identity, region } = o;
  const by = callsOf({ prefix: 'elasticloadbalancing', identity, region });
  const late = onFirstCall(async () => {
    const sdk = await import('./load-balancing-client.ts');
    const settings = awsClientSettings('ELASTIC_LOAD_BALANCING_V2', region, context);
    const how = { credentials: credentialsOf(identity), retryStrategy: new sdk.OnceThrottled() };
    return { sdk, client: new sdk.ElasticLoadBalancingV2Client({ ...settings, ...how }) };
  });
  return {
    describeTargetHealth: by('DescribeTargetHealth', async (input, options) => {
      const { client, sdk } = await late.opened();
      return client.send(new sdk.DescribeTargetHealthCommand(input), options);
    }),
    describeTargetGroups: by('DescribeTargetGroups', async (input, options) => {
      const { client, sdk } = await late.opened();
      return client.send(new sdk.DescribeTargetGroupsCommand(input), options);
    }),
    describeLoadBalancers: by('DescribeLoadBalancers', async (input, options) => {
      const { client, sdk } = await late.opened();
      return client.send(new sdk.DescribeLoadBalancersCommand(input), options);
    }),
    describeListeners: by('DescribeListeners', async (input, options) => {
      const { client, sdk } = await late.opened();
      return client.send(new sdk.DescribeListenersCommand(input), options);
    }),
    [Symbol.dispose]: () => late[Symbol.dispose](),
  };
}
