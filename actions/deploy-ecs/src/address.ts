import type { Service } from '@aws-sdk/client-ecs';
import { atAddress, type HealthAddress, healthAddress } from '@slipway/shared/deploy/health';
import { Failure } from '@slipway/shared/failure/failure';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { LoadBalancingApi } from './api/load-balancing.ts';

/** What is asked for the proof: an address, or a path at the load balancer. */
export interface Asked {
  url?: URL | undefined;
  path?: string | undefined;
}

/**
 * Where the app answers; a path is asked at the load balancer in front of the service.
 * @returns undefined where neither is given
 * @throws Failure `ecs/no-address` where no load balancer tells it
 */
export async function addressOf(
  asked: Asked,
  o: { service: Service | undefined; balancing: LoadBalancingApi; fetch: Fetch },
  signal: AbortSignal,
): Promise<HealthAddress | undefined> {
  const { fetch } = o;
  const { path, url: given } = asked;
  const reported =
    given || path === undefined ? undefined : await balancerAddress(o.service, o.balancing, signal);
  const url = healthAddress({ url: given, path }, reported);
  return url && atAddress(url, fetch);
}

async function balancerAddress(
  service: Service | undefined,
  balancing: LoadBalancingApi,
  signal: AbortSignal,
): Promise<string> {
  const [balancer] = service?.loadBalancers ?? [];
  const wrong = (why: string) =>
    Failure.of('ecs/no-address', { service: service?.serviceName ?? 'The service', why });
  const group = balancer?.targetGroupArn;
  if (group === undefined) throw wrong('it has no load balancer with a target group');
  const { TargetGroups = [] } = await balancing.describeTargetGroups(
    { TargetGroupArns: [group] },
    signal,
  );
  const alternate = balancer?.advancedConfiguration?.alternateTargetGroupArn;
  let balancers = TargetGroups[0]?.LoadBalancerArns ?? [];
  if (balancers.length === 0 && alternate !== undefined) {
    const { TargetGroups: others = [] } = await balancing.describeTargetGroups(
      { TargetGroupArns: [alternate] },
      signal,
    );
    balancers = others[0]?.LoadBalancerArns ?? [];
  }
  const [arn] = balancers;
  if (arn === undefined) throw wrong('no load balancer sends anything to its target group');
  const { LoadBalancers: [found] = [] } = await balancing.describeLoadBalancers(
    { LoadBalancerArns: [arn] },
    signal,
  );
  const { DNSName: host, Scheme, Type } = found ?? {};
  if (!host) throw wrong('its load balancer has no name in DNS');
  if (Scheme === 'internal') throw wrong(`its load balancer ${host} is internal`);
  if (Type === 'gateway') throw wrong(`its load balancer ${host} is a gateway`);
  const { Listeners = [] } = await balancing.describeListeners({ LoadBalancerArn: arn }, signal);
  const ports = Listeners.map(({ Port, Protocol }) => ({ port: Port, protocol: Protocol }));
  const plain = ports.find(
    ({ port, protocol }) => protocol !== 'HTTPS' && protocol !== 'TLS' && port === 80,
  );
  const first = plain ?? ports.find(({ protocol }) => protocol === 'HTTP' || protocol === 'TCP');
  if (!first?.port) {
    throw wrong(
      `its load balancer ${host} speaks no plain HTTP, and its certificate is of another name`,
    );
  }
  return `http://${host}:${first.port}`;
}
