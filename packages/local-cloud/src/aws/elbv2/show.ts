import type {
  Action,
  Listener,
  LoadBalancer,
  Rule as RuleShape,
  TargetGroup,
  TargetHealthDescription,
  TargetHealthReasonEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Wire } from '../model/wire.ts';
import type { Group, Registration, Rule } from './load-balancing.ts';

/** Reasons by what a registration says of itself. */
const reasons: readonly TargetHealthReasonEnum[] = [
  'Elb.RegistrationInProgress',
  'Elb.InitialHealthChecking',
  'Target.ResponseCodeMismatch',
  'Target.Timeout',
  'Target.FailedHealthChecks',
  'Target.DeregistrationInProgress',
];

/** @param used whether its target group gets requests at all */
export function shownTarget(
  { address, description, port, reason, state }: Registration,
  used: boolean,
): Wire<TargetHealthDescription> {
  const target = { Target: { Id: address, Port: port }, HealthCheckPort: String(port) };
  if (!used) {
    const TargetHealth = {
      State: 'unused' as const,
      Reason: 'Target.NotInUse' as const,
      Description: 'Target group is not configured to receive traffic from the load balancer',
    };
    return { ...target, TargetHealth };
  }
  const known = reasons.find((one) => one === reason);
  return {
    ...target,
    TargetHealth: {
      State: state,
      ...(known && { Reason: known }),
      ...(description && { Description: description }),
    },
  };
}

/** @param second milliseconds of one second of its settings */
export function shownGroup(
  { arn, healthCheck, name, port }: Group,
  rules: readonly Rule[],
  second: number,
): Wire<TargetGroup> {
  const balancers = rules
    .filter(({ weights }) => arn in weights)
    .map(({ loadBalancerArn }) => loadBalancerArn);
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: 'HTTP',
    Port: port,
    VpcId: 'vpc-0',
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.interval / second,
    HealthCheckTimeoutSeconds: healthCheck.timeout / second,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: [...new Set(balancers)],
    TargetType: 'ip',
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  };
}

/** Its listeners are ports of this machine, so that is where its name leads. */
export function shownBalancer(arn: string): Wire<LoadBalancer> {
  return {
    LoadBalancerArn: arn,
    LoadBalancerName: arn.split('/').at(-2) ?? arn,
    DNSName: '127.0.0.1',
    Scheme: 'internet-facing',
    Type: 'application',
    State: { Code: 'active' },
    VpcId: 'vpc-0',
    IpAddressType: 'ipv4',
  };
}

/** @param rule the default one of the listener */
export function shownListener(rule: Rule): Wire<Listener> {
  return {
    ListenerArn: rule.listenerArn,
    LoadBalancerArn: rule.loadBalancerArn,
    Port: rule.port,
    Protocol: 'HTTP',
    DefaultActions: [action(rule)],
  };
}

export function shownRule(rule: Rule): Wire<RuleShape> {
  return {
    RuleArn: rule.arn,
    Priority: rule.isDefault ? 'default' : '1',
    Conditions: [],
    Actions: [action(rule)],
    IsDefault: rule.isDefault,
  };
}

function action({ weights }: Rule): Wire<Action> {
  const groups = Object.entries(weights);
  const [first] = groups;
  return {
    Type: 'forward',
    ...(groups.length === 1 && first && { TargetGroupArn: first[0] }),
    ForwardConfig: {
      TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
}
