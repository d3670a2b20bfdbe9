import type { VerdictRow } from './verdict-row.ts';

const inSummary = 'What its pods did, and their last log lines, are in the job summary.';

/** What the controller of a workload says of its rollout, or what is to be seen of it. */
export const workloadRows: readonly VerdictRow[] = [
  {
    kind: 'workload',
    reasons: ['ProgressDeadlineExceeded'],
    when: '',
    verdict: 'now',
    cause: 'it made no progress for `progressDeadlineSeconds`',
    remedy:
      'What keeps its pods from being ready is in the job summary. Where they only need longer, raise `progressDeadlineSeconds`.',
  },
  {
    kind: 'workload',
    reasons: ['OrderedReady'],
    when: 'a pod of the version before is not ready',
    verdict: { after: 60_000 },
    cause: 'a StatefulSet replaces no pod before all of them are ready',
    remedy: 'Delete the pod by hand; `podManagementPolicy: Parallel` does not wait for it.',
  },
  {
    kind: 'job',
    reasons: ['BackoffLimitExceeded'],
    when: '',
    verdict: 'now',
    cause: 'its pods failed more often than `backoffLimit` allows',
    remedy: inSummary,
  },
  {
    kind: 'job',
    reasons: ['DeadlineExceeded'],
    when: '',
    verdict: 'now',
    cause: 'it took longer than its `activeDeadlineSeconds`',
    remedy: inSummary,
  },
  {
    kind: 'job',
    reasons: ['PodFailurePolicy'],
    when: '',
    verdict: 'now',
    cause: 'a pod failed in a way that its `podFailurePolicy` calls final',
    remedy: inSummary,
  },
  {
    kind: 'job',
    reasons: ['FailedIndexes', 'MaxFailedIndexesExceeded'],
    when: '',
    verdict: 'now',
    cause: 'too many of its indexes failed',
    remedy: inSummary,
  },
];
