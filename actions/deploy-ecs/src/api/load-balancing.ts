import type * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsClientSettings } from '@slipway/shared/identity/aws-client';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { callsOf } from './calls.ts';
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
  let opened: Promise<elb.ElasticLoadBalancingV2Client> | undefined;
  const load = () => import('./load-balancing-client.ts');
  const open = async () => {
    const { ElasticLoadBalancingV2Client } = await load();
    const settings = awsClientSettings('ELASTIC_LOAD_BALANCING_V2', region, context);
    return new ElasticLoadBalancingV2Client({
      ...settings,
      credentials: () => identity.credentials(),
    });
  };
  const client = async () => {
    opened ??= open();
    return { client: await opened, sdk: await load() };
  };
  return {
    describeTargetHealth: by('DescribeTargetHealth', async (input, options) => {
      const { client: one, sdk } = await client();
      return one.send(new sdk.DescribeTargetHealthCommand(input), options);
    }),
    describeTargetGroups: by('DescribeTargetGroups', async (input, options) => {
      const { client: one, sdk } = await client();
      return one.send(new sdk.DescribeTargetGroupsCommand(input), options);
    }),
    describeLoadBalancers: by('DescribeLoadBalancers', async (input, options) => {
      const { client: one, sdk } = await client();
      return one.send(new sdk.DescribeLoadBalancersCommand(input), options);
    }),
    describeListeners: by('DescribeListeners', async (input, options) => {
      const { client: one, sdk } = await client();
      return one.send(new sdk.DescribeListenersCommand(input), options);
    }),
    [Symbol.dispose]: () => void opened?.then((one) => one.destroy()),
  };
}
