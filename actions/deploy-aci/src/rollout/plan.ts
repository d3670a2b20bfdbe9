import type { DeployStep, Direction, PlanFacts } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { PreparedGroup } from '../group/prepared-group.ts';
import type { GroupFollower } from './group-follower.ts';

/** One step of a deployment to a container group. */
export interface AciStep extends DeployStep {
  /**
   * `keep`: it is just that already. `candidate`: a second group, which is proven and removed.
   * `write`: the group is created or updated. `recreate`: it is deleted first.
   */
  readonly kind: 'keep' | 'candidate' | 'write' | 'recreate';
}

/** What a deployment is going to do. */
export interface AciPlan extends PlanFacts<AciStep> {
  readonly prepared: PreparedGroup;
  /** The group that runs now, as Azure has it; undefined where there is none. */
  readonly live: JsonObject | undefined;
  /** Body of the PUT that brings back what runs now; undefined where nothing can. */
  readonly previous: JsonObject | undefined;
}

/** A change that is being made, and is looked at. */
export type AciChange =
  | {
      readonly kind: 'group';
      readonly role: 'candidate' | 'production';
      readonly direction: Direction;
      readonly follower: GroupFollower;
    }
  /** The group is deleted. */
  | { readonly kind: 'gone'; readonly direction: Direction };
