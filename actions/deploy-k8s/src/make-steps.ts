import type { KubernetesStep } from './plan.ts';
import type { Settings } from './settings.ts';

/** The steps of a deployment; a canary is proven before it gets any traffic, and ends when all have it. */
export function makeSteps(o: {
  workload: string;
  isNew: boolean;
  isChanged: boolean;
  canary: Pick<Settings, 'traffic-percent' | 'traffic-bake'> | undefined;
}): readonly KubernetesStep[] {
  const { canary, isChanged, isNew, workload } = o;
  if (!isChanged) return [{ kind: 'keep', name: `${workload} as it is` }];
  const last: KubernetesStep = {
    kind: 'apply',
    name: isNew ? `create ${workload}` : `update ${workload}`,
  };
  if (!canary) return [last];
  return [
    { kind: 'canary', name: `canary beside ${workload}` },
    ...canary['traffic-percent'].map(
      (percent): KubernetesStep => ({
        kind: 'shift',
        percent,
        name: `${percent} % of the traffic`,
        waits: canary['traffic-bake'],
      }),
    ),
    last,
    { kind: 'unshift', name: `all traffic to ${workload}` },
  ];
}
