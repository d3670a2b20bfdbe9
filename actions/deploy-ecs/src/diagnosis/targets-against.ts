import type { Service, Task } from '@aws-sdk/client-ecs';
import type { LoadBalancingApi } from '../api/load-balancing.ts';
import { addressesOf, targetGroupsOf } from './target-health.ts';

/**
 * What the load balancers of a service still say against its tasks: each of them has to be healthy in
 * a target group before it gets traffic.
 * @returns undefined where nothing is, or no load balancer is there
 */
export async function targetsAgainst(
  balancing: Pick<LoadBalancingApi, 'describeTargetHealth'>,
  { service, tasks }: { service: Service | undefined; tasks: readonly Task[] },
  signal: AbortSignal,
): Promise<string | undefined> {
  const groups = targetGroupsOf(service);
  if (groups.length === 0) return undefined;
  const healthy = new Set<string>();
  for (const group of groups) {
    const { TargetHealthDescriptions = [] } = await balancing.describeTargetHealth(
      { TargetGroupArn: group },
      signal,
    );
    for (const { Target, TargetHealth } of TargetHealthDescriptions) {
      if (Target?.Id && TargetHealth?.State === 'healthy') healthy.add(Target.Id);
    }
  }
  // A task without an address of its own is a target by its machine, which tells nothing of it.
  const known = tasks.map((task) => [...addressesOf([task])]).filter((own) => own.length > 0);
  const good = known.filter((own) => own.some((address) => healthy.has(address)));
  if (good.length === known.length) return undefined;
  return `${good.length} of ${known.length} targets are healthy`;
}
