import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs';
import { lifecycleStages } from '../settings.ts';

/** A stage of a deployment with test traffic, as `wait-for` names it. */
export type LifecycleStage = (typeof lifecycleStages)[number];

/** What a change has to reach before it is proven. */
export type Goal =
  /** ECS says that it is over: the old tasks are gone. */
  | { readonly kind: 'completed' }
  /** Every new task is healthy and serves; old ones may still drain. */
  | { readonly kind: 'healthy' }
  | { readonly kind: 'stage'; readonly stage: LifecycleStage }
  /** A PAUSE hook waits behind the test traffic, before any production traffic. */
  | { readonly kind: 'paused' }
  /** The new version has this share of the production traffic, in percent. */
  | { readonly kind: 'share'; readonly percent: number }
  /** ECS has brought the version before back. */
  | { readonly kind: 'rolled-back' };

/** The stage at whose PAUSE hook the new version is proven by its test traffic. */
export const proofStage = 'POST_TEST_TRAFFIC_SHIFT';

// What ECS sends may be newer than the stages that anybody lists.
const order: readonly string[] = lifecycleStages;

/**
 * Whether a deployment is at a stage or behind it. A stage that passed between two looks was
 * reached; one that this version does not know is no reason to think so.
 */
export function hasReached(seen: ServiceDeployment, stage: LifecycleStage): boolean {
  return order.indexOf(seen.lifecycleStage ?? '') >= order.indexOf(stage);
}

/** The PAUSE hooks at which a deployment waits for ContinueServiceDeployment. */
export function awaitingHooks(seen: ServiceDeployment): DeploymentLifecycleHookDetail[] {
  return (seen.lifecycleHookDetails ?? []).filter(
    ({ targetType, status }) => targetType === 'PAUSE' && status === 'AWAITING_ACTION',
  );
}

/** Whether a deployment is paused where its test traffic is proven. */
export function isPausedForProof(seen: ServiceDeployment): boolean {
  return seen.lifecycleStage === proofStage && awaitingHooks(seen).length > 0;
}
