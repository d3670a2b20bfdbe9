import type { VerdictRow } from './verdict-row.ts';

/** What the controller of a workload says of its rollout. */
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
];
