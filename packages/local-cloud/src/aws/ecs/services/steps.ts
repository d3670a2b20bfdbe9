import type { DeploymentConfiguration, DeploymentLifecycleHookStage } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';

/** A stage of a deployment, PRE_PRODUCTION_TRAFFIC_SHIFT with them. */
export type Stage = DeploymentLifecycleHookStage | 'SCALE_UP' | 'BAKE_TIME' | 'CLEAN_UP';

export interface Step {
  stage: Stage;
  /** Per cent of production traffic that the new revision gets. */
  weight?: number;
  /** Minutes to wait before the step is done. */
  bake?: number;
}

/** Whether a deployment replaces tasks one by one; all others run two revisions side by side. */
export function isRolling({ strategy = 'ROLLING' }: Wire<DeploymentConfiguration>): boolean {
  return strategy === 'ROLLING';
}

/**
 * The steps of a deployment, in order.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 * and the pages of canary and linear deployments
 * @param sources revisions that have tasks when it starts
 */
export function stepsOf(configuration: Wire<DeploymentConfiguration>, sources: number): Step[] {
  const { alarms, bakeTimeInMinutes } = configuration;
  const reconcile: Step[] = sources > 1 ? [{ stage: 'RECONCILE_SERVICE' }] : [];
  const scale: Step[] = [
    { stage: 'PRE_SCALE_UP' },
    { stage: 'SCALE_UP' },
    { stage: 'POST_SCALE_UP' },
  ];
  if (isRolling(configuration)) {
    const bakes = bakeTimeInMinutes !== undefined || alarms?.enable;
    const bake: Step[] = bakes ? [{ stage: 'BAKE_TIME', bake: bakeTimeInMinutes ?? 0 }] : [];
    return [...reconcile, ...scale, ...bake, { stage: 'CLEAN_UP' }];
  }
  return [
    ...reconcile,
    ...scale,
    { stage: 'TEST_TRAFFIC_SHIFT' },
    { stage: 'POST_TEST_TRAFFIC_SHIFT' },
    ...shifts(configuration).flatMap((shift): Step[] => [
      { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' },
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', ...shift },
    ]),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
    { stage: 'BAKE_TIME', bake: sources === 0 ? 0 : (bakeTimeInMinutes ?? 15) },
    { stage: 'CLEAN_UP' },
  ];
}

function shifts({
  canaryConfiguration,
  linearConfiguration,
  strategy,
}: Wire<DeploymentConfiguration>): { weight: number; bake?: number }[] {
  if (strategy === 'CANARY') {
    const { canaryBakeTimeInMinutes: bake = 10, canaryPercent: weight = 5 } =
      canaryConfiguration ?? {};
    return weight < 100 ? [{ weight, bake }, { weight: 100 }] : [{ weight: 100 }];
  }
  if (strategy !== 'LINEAR') return [{ weight: 100 }];
  const { stepBakeTimeInMinutes: bake = 6, stepPercent = 10 } = linearConfiguration ?? {};
  const steps = [];
  // In tenths of a per cent, which is what the API takes.
  const step = Math.round(stepPercent * 10);
  for (let tenths = step; tenths < 1_000; tenths += step) steps.push({ weight: tenths / 10, bake });
  return [...steps, { weight: 100 }];
}
