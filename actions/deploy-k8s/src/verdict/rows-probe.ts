import type { VerdictRow } from './verdict-row.ts';

const unhealthy = ['Unhealthy'];

/** Probes that fail. What a liveness or startup probe ends is counted as a crash besides. */
export const probeRows: readonly VerdictRow[] = [
  {
    kind: 'probe',
    reasons: unhealthy,
    when: 'status 404',
    words: /statuscode: 404/i,
    verdict: 'explain',
    cause: 'the app has nothing at the path that is asked (status 404)',
    remedy: 'Correct `path` of the probe.',
  },
  {
    kind: 'probe',
    reasons: unhealthy,
    when: 'another bad status',
    words: /statuscode: \d{3}/i,
    verdict: 'explain',
    cause: 'the app answers with a bad status',
    remedy:
      'The app itself says that it is not ready: its log lines in the job summary may say why.',
  },
  {
    kind: 'probe',
    reasons: unhealthy,
    when: 'connection refused',
    words: /connection refused/i,
    verdict: 'explain',
    cause: 'nothing listens at the port that is asked (connection refused)',
    remedy:
      'Correct `port` of the probe, or let the app listen on all addresses (0.0.0.0) instead of localhost only.',
  },
  {
    kind: 'probe',
    reasons: unhealthy,
    when: 'no answer in time',
    words: /deadline exceeded|timed? ?out|Client\.Timeout/i,
    verdict: 'explain',
    cause: 'the app does not answer in time',
    remedy: 'Raise `timeoutSeconds` of the probe, or find out what keeps the app from an answer.',
  },
  {
    kind: 'probe',
    reasons: unhealthy,
    when: '',
    verdict: 'explain',
    cause: 'the probe fails',
    remedy: 'Run what the probe does by hand in the container.',
  },
  {
    kind: 'probe',
    reasons: ['ContainersNotReady'],
    when: 'ready, and then not ready any more',
    words: /^flapping$/,
    verdict: { times: 3 },
    cause: 'it is ready now and then',
    remedy: 'Look at its log lines and at `timeoutSeconds` of its readiness probe.',
  },
  {
    kind: 'probe',
    reasons: ['ContainersNotReady', 'ReadinessGatesNotReady'],
    when: '',
    verdict: 'explain',
    cause: 'it is not ready yet',
    remedy: 'Look at the readiness probe and the readiness gates of the template.',
  },
];
