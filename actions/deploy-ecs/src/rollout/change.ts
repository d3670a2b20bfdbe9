import type { DeploymentRef } from './deployment-ref.ts';
import type { Goal } from './lifecycle.ts';

/** A change that is watched to its goal and then proven. */
export interface EcsChange {
  /** What is watched; its ARN is filled in once ECS says it. Undefined where the service is gone. */
  deployment: DeploymentRef | undefined;
  goal: Goal;
  /**
   * ARN of the service deployment that was the current one before; undefined where there was none.
   * `settled` says that ECS has made no deployment, so there is none to look for.
   */
  before: { current: string | undefined } | 'settled';
  /** ARN of the task definition that served before. */
  previous: string | undefined;
  /** What is asked for the proof. */
  proof: 'test' | 'share' | 'production' | 'gone';
  direction: 'forward' | 'rollback';
}
