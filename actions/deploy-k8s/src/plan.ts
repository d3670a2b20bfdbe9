import type { DeployStep, Direction, PlanFacts } from '@slipway/shared/deploy/target';
import type { ObjectName } from './api/kubernetes-api.ts';
import type { CanaryRun, Share } from './canary/canary-run.ts';
import type { RolloutWatch } from './rollout/rollout-watch.ts';
import type { WayBack } from './way-back/plan-way-back.ts';
import type { Prepared } from './workload/prepared.ts';

/** A step of a deployment to Kubernetes. */
export interface KubernetesStep extends DeployStep {
  /**
   * `keep` writes nothing, and proves what runs. `canary` starts the new version beside it, `shift`
   * gives that a share of the traffic, and `unshift` takes it away again.
   */
  readonly kind: 'keep' | 'apply' | 'canary' | 'shift' | 'unshift';
  /** Of `shift`: the share of the traffic. */
  readonly percent?: number;
}

/** What a deployment to Kubernetes is going to do. */
export interface KubernetesPlan extends PlanFacts<KubernetesStep> {
  readonly prepared: Prepared;
  readonly wayBack: WayBack;
  readonly canary: CanaryRun | undefined;
}

/** A change that is watched. */
export type KubernetesChange =
  | {
      readonly kind: 'rollout';
      readonly direction: Direction;
      /** The workload whose pods are asked. */
      readonly name: ObjectName;
      /** Of the workload that got the image first, then of the others. */
      readonly watches: readonly RolloutWatch[];
      /** The container that is asked. */
      readonly container: string;
      /** Whether nobody outside reaches it. */
      readonly isCanary?: true;
    }
  /** A share of the traffic. */
  | {
      readonly kind: 'traffic';
      readonly direction: 'forward';
      readonly canary: CanaryRun;
      readonly share: Share;
    }
  /** What this run had created is deleted again. */
  | { readonly kind: 'gone'; readonly direction: 'rollback'; readonly name: ObjectName };
