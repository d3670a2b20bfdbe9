import type { WorkloadKind } from '../workload/workload-name.ts';
import { deploymentKind } from './deployment.ts';
import type { RolloutKind } from './rollout-view.ts';

/** How each kind of workloads rolls out. */
export const kinds: Readonly<Record<WorkloadKind, RolloutKind>> = {
  Deployment: deploymentKind,
  StatefulSet: deploymentKind,
  DaemonSet: deploymentKind,
  Job: deploymentKind,
  CronJob: deploymentKind,
};
