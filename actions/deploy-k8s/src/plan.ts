import type { DeployStep, Direction, PlanFacts } from '@slipway/shared/deploy/target';
import type { ObjectName } from './api/kubernetes-api.ts';
import type { RolloutWatch } from './rollout/rollout-watch.ts';
import type { WayBack } from './way-back/plan-way-back.ts';
import type { Prepared } from './workload/prepared.ts';

/** A step of a deployment to Kubernetes. */
export interface KubernetesStep extends DeployStep {
  /** `keep` writes nothing, and proves what runs. */
  readonly kind: 'keep' | 'apply';
}

/** What a deployment to Kubernetes is going to do. */
export interface KubernetesPlan extends PlanFacts<KubernetesStep> {
  readonly prepared: Prepared;
  readonly wayBack: WayBack;
}

/** A change that is watched. */
export type KubernetesChange =
  | {
      readonly kind: 'rollout';
      readonly direction: Direction;
      /** Of the workload that got the image first, then of the others. */
      readonly watches: readonly RolloutWatch[];
      /** The container that is asked. */
      readonly container: string;
    }
  /** What this run had created is deleted again. */
  | { readonly kind: 'gone'; readonly direction: 'rollback'; readonly name: ObjectName };
