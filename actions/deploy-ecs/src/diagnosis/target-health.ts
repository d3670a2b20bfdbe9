import type { Service, Task } from '@aws-sdk/client-ecs';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { oneLine } from '@slipway/shared/image/said';

/** So many different reasons of one target group at most. */
const most = 5;

/**
 * Why the load balancer sends nothing to the targets of one group.
 * @param addresses of the tasks that count, see {@link addressesOf}; empty where they are not known:
 *   then all targets count
 */
export function targetFacts(
  group: string,
  targets: readonly TargetHealthDescription[],
  addresses: ReadonlySet<string>,
): string[] {
  const reasons = new Map<string, string[]>();
  for (const { Target, TargetHealth } of targets) {
    const { Id = '', Port } = Target ?? {};
    const { Description, Reason, State } = TargetHealth ?? {};
    // What drains or is not used belongs to the version before.
    if (State !== 'unhealthy' && State !== 'initial' && State !== 'unavailable') continue;
    if (addresses.size > 0 && !addresses.has(Id)) continue;
    const why = [State, [Description, Reason && `(${Reason})`].filter(Boolean).join(' ')];
    const said = oneLine(why.filter(Boolean).join(': '));
    const place = Port === undefined ? Id : `${Id}:${Port}`;
    reasons.set(said, [...(reasons.get(said) ?? []), place]);
  }
  return [...reasons].slice(0, most).map(([said, places]) => {
    const [first = ''] = places;
    const others = places.length > 1 ? ` and ${places.length - 1} more` : '';
    return `target ${first}${others} in ${nameOf(group)} is ${said}`;
  });
}

/** ARNs of all target groups that a service is in, those for its next version too; each once. */
export function targetGroupsOf(service: Service | undefined): string[] {
  const balancers = service?.loadBalancers ?? [];
  const all = balancers.flatMap(({ advancedConfiguration, targetGroupArn }) => [
    targetGroupArn,
    advancedConfiguration?.alternateTargetGroupArn,
  ]);
  return [...new Set(all.filter((arn) => arn !== undefined))];
}

/** The private addresses of tasks with an own network interface, as target groups know them. */
export function addressesOf(tasks: readonly Task[]): Set<string> {
  const details = tasks.flatMap(({ attachments = [] }) =>
    attachments.flatMap(({ details: own = [] }) => own),
  );
  const addresses = details.flatMap(({ name, value }) =>
    value && /^privateIPv[46]Address$/.test(name ?? '') ? [value] : [],
  );
  return new Set(addresses);
}

/** `targetgroup/shop/0123` → `shop` */
function nameOf(group: string): string {
  return group.split('targetgroup/')[1]?.split('/')[0] ?? group;
}
