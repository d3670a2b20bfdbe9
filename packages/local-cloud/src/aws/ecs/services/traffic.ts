import type { Revision } from './revision.ts';
import type { EcsService } from './service.ts';

/**
 * Gives a revision its share of a service's traffic, and the rest to the revision that is in the
 * other target groups; the rules of the listeners follow.
 */
export function weighTraffic(
  service: EcsService,
  revision: Revision,
  { production, test }: { production?: number; test?: number },
): void {
  const rest = service.revisions.filter(
    (one) => one !== revision && service.tasksOf(one).some(({ live }) => live),
  );
  const other = rest.findLast(({ completed }) => completed) ?? rest.at(-1);
  for (const one of rest) {
    if (production !== undefined) one.productionWeight = 0;
    if (test !== undefined) one.testWeight = 0;
  }
  if (production !== undefined) {
    revision.productionWeight = production;
    if (other) other.productionWeight = 100 - production;
  }
  if (test !== undefined) revision.testWeight = test;

  for (const balancer of revision.configuration.loadBalancers ?? []) {
    const { advancedConfiguration: advanced, targetGroupArn = '' } = balancer;
    const alternate = advanced?.alternateTargetGroupArn;
    if (!advanced || alternate === undefined) continue;
    const [own, left] = revision.alternate
      ? [alternate, targetGroupArn]
      : [targetGroupArn, alternate];
    const weigh = (rule: string | undefined, weight: number | undefined) => {
      if (rule === undefined || weight === undefined) return;
      service.ground.balancing.weigh(rule, { [own]: weight, [left]: 100 - weight });
    };
    weigh(advanced.productionListenerRule, production);
    weigh(advanced.testListenerRule, test);
  }
}
