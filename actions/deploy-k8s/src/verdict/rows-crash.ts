import type { VerdictRow } from './verdict-row.ts';

const loop = 'CrashLoopBackOff';
const logs = 'The last log lines usually say why the app gave up; they are in the job summary.';

/** Containers that end though they should run. */
export const crashRows: readonly VerdictRow[] = [
  {
    kind: 'crash',
    reasons: ['OOMKilled', loop],
    when: 'out of memory',
    verdict: { times: 2, timesOnceWell: 3 },
    cause: 'it used more memory than its limit',
    remedy: 'Raise `resources.limits.memory` of the container, or find out what needs it.',
  },
  {
    kind: 'crash',
    reasons: ['ContainerStatusUnknown'],
    when: '',
    verdict: 'explain',
    cause: 'the node has lost track of it',
    remedy: 'Look at the node.',
  },
  {
    kind: 'crash',
    reasons: ['Error', loop],
    when: 'exit code 126 or 127',
    words: /^12[67]$/,
    verdict: 'now',
    cause: 'its command cannot be run',
    remedy: 'Correct `command` in the template, or the entrypoint of the image.',
  },
  {
    kind: 'crash',
    reasons: ['Completed', loop],
    when: 'exit code 0',
    words: /^0$/,
    verdict: { times: 2, timesOnceWell: 3 },
    cause: 'the process ended by itself, as if it were done',
    remedy:
      'A server must stay in the foreground. What ends by design belongs into a Job, or into an init container.',
  },
  {
    kind: 'crash',
    reasons: ['Error', 'DeadlineExceeded', loop],
    when: 'any other exit',
    verdict: { times: 2, timesOnceWell: 3 },
    cause: 'it ended with an error',
    remedy: logs,
  },
];
