import type { WorkloadKind } from '../workload/workload-name.ts';
import { daemonSetKind } from './daemon-set.ts';
import { deploymentKind } from './deployment.ts';
import { jobKind } from './job.ts';
import type { RolloutKind } from './rollout-view.ts';
import { statefulSetKind } from './stateful-set.ts';

/** A CronJob has no rollout: the next Job that it makes has what was written. */
const cronJobKind: RolloutKind = {
  oneDecides: false,
  observes: false,
  serves: false,
  mayGo: false,
  progress: () => ({ pods: [], troubles: [], state: { is: 'settled' } }),
};

/** How each kind of workloads rolls out. */
export const kinds: Readonly<Record<WorkloadKind, RolloutKind>> = {
  Deployment: deploymentKind,
  StatefulSet: statefulSetKind,
  DaemonSet: daemonSetKind,
  Job: jobKind,
  CronJob: cronJobKind,
};
