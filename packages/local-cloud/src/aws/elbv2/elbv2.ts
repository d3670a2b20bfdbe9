import type {
  DescribeListenersInput,
  DescribeListenersOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Handler } from '../../http/exchange.ts';
import type { EcsWorld, EcsWorlds } from '../ecs/world.ts';
import type { Wire } from '../model/wire.ts';
import { queryService } from '../query-service.ts';
import { Refusal } from '../refusal.ts';
import type { AwsParts, Operation } from '../service.ts';
import { pageByMarker } from './marker.ts';
import { shownBalancer, shownGroup, shownListener, shownRule, shownTarget } from './show.ts';

/**
 * Elastic Load Balancing v2, what there is of it to read.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
 */
export function elbv2Service({ worlds, ...aws }: AwsParts & { worlds: EcsWorlds }): Handler {
  return queryService({
    ...aws,
    model: 'elbv2',
    operations: {
      DescribeListeners: describeListeners(worlds),
      DescribeLoadBalancers: describeLoadBalancers(worlds),
      DescribeRules: describeRules(worlds),
      DescribeTargetGroups: describeTargetGroups(worlds),
      DescribeTargetHealth: describeTargetHealth(worlds),
    },
  });
}

function describeTargetHealth(
  worlds: EcsWorlds,
): Operation<Wire<DescribeTargetHealthInput>, Wire<DescribeTargetHealthOutput>> {
  return {
    resource: () => '*',
    members: ['TargetGroupArn', 'Targets'],
    run({ TargetGroupArn: arn, Targets: wanted }, signed) {
      const { balancing } = worlds.of(signed);
      existingGroup(worlds.of(signed), arn);
      const used = balancing.used(arn);
      const all = balancing.in(arn).map((one) => shownTarget(one, used));
      if (!wanted) return { TargetHealthDescriptions: all };
      const found = wanted.map(
        (target) =>
          all.find(({ Target }) => Target?.Id === target.Id) ?? {
            Target: target,
            TargetHealth: {
              State: 'unused' as const,
              Reason: 'Target.NotRegistered' as const,
              Description: 'Target is not registered to the target group',
            },
          },
      );
      return { TargetHealthDescriptions: found };
    },
  };
}

function describeTargetGroups(
  worlds: EcsWorlds,
): Operation<Wire<DescribeTargetGroupsInput>, Wire<DescribeTargetGroupsOutput>> {
  return {
    resource: () => '*',
    run({ LoadBalancerArn: balancer, Names, TargetGroupArns: arns, ...page }, signed) {
      const world = worlds.of(signed);
      const { balancing } = world;
      for (const arn of arns ?? []) existingGroup(world, arn);
      const rules = [...balancing.rules.values()];
      const all = [...balancing.groups.values()]
        .filter(({ arn }) => !arns || arns.includes(arn))
        .filter(({ name }) => !Names || Names.includes(name))
        .map((group) => shownGroup(group, rules, world.foundation.durations.second))
        .filter((group) => !balancer || group.LoadBalancerArns?.includes(balancer));
      if (Names && all.length === 0) throw noGroup();
      const { items, more } = pageByMarker(all, page);
      return { TargetGroups: items, ...more };
    },
  };
}

function describeLoadBalancers(
  worlds: EcsWorlds,
): Operation<Wire<DescribeLoadBalancersInput>, Wire<DescribeLoadBalancersOutput>> {
  return {
    resource: () => '*',
    run({ LoadBalancerArns: arns, Names, ...page }, signed) {
      const rules = [...worlds.of(signed).balancing.rules.values()];
      const known = [...new Set(rules.map(({ loadBalancerArn }) => loadBalancerArn))];
      const all = known
        .map(shownBalancer)
        .filter(({ LoadBalancerArn: arn = '' }) => !arns || arns.includes(arn))
        .filter(({ LoadBalancerName: name = '' }) => !Names || Names.includes(name));
      if (all.length < Math.max(arns?.length ?? 0, Names?.length ?? 0)) {
        throw new Refusal('LoadBalancerNotFound', 'One or more load balancers not found');
      }
      const { items, more } = pageByMarker(all, page);
      return { LoadBalancers: items, ...more };
    },
  };
}

function describeListeners(
  worlds: EcsWorlds,
): Operation<Wire<DescribeListenersInput>, Wire<DescribeListenersOutput>> {
  return {
    resource: () => '*',
    run({ ListenerArns: arns, LoadBalancerArn: balancer, ...page }, signed) {
      const all = [...worlds.of(signed).balancing.rules.values()]
        .filter(({ isDefault }) => isDefault)
        .filter(({ listenerArn }) => !arns || arns.includes(listenerArn))
        .filter(({ loadBalancerArn }) => !balancer || loadBalancerArn === balancer);
      if (arns && all.length < arns.length) {
        throw new Refusal('ListenerNotFound', 'One or more listeners not found');
      }
      const { items, more } = pageByMarker(all.map(shownListener), page);
      return { Listeners: items, ...more };
    },
  };
}

function describeRules(
  worlds: EcsWorlds,
): Operation<Wire<DescribeRulesInput>, Wire<DescribeRulesOutput>> {
  return {
    resource: () => '*',
    run({ ListenerArn: listener, RuleArns: arns, ...page }, signed) {
      const all = [...worlds.of(signed).balancing.rules.values()]
        .filter(({ listenerArn }) => !listener || listenerArn === listener)
        .filter(({ arn }) => !arns || arns.includes(arn));
      if (arns && all.length < arns.length) {
        throw new Refusal('RuleNotFound', 'One or more rules not found');
      }
      if (listener && all.length === 0) {
        throw new Refusal('ListenerNotFound', 'One or more listeners not found');
      }
      const { items, more } = pageByMarker(all.map(shownRule), page);
      return { Rules: items, ...more };
    },
  };
}

function existingGroup({ balancing }: EcsWorld, arn: string): void {
  if (!balancing.groups.has(arn)) throw noGroup();
}

function noGroup(): Refusal {
  return new Refusal('TargetGroupNotFound', 'One or more target groups not found');
}
