import type { VerdictRow } from './verdict-row.ts';

const refused = ['FailedCreate'];

/** Pods that the API server does not let be created. From the special to the general. */
export const refusalRows: readonly VerdictRow[] = [
  {
    kind: 'refusal',
    reasons: refused,
    when: 'PodSecurity',
    words: /violates PodSecurity/i,
    verdict: 'now',
    cause: 'the pod security standard of the namespace forbids it',
    remedy:
      'Correct what it names in `securityContext` of the template, or change the label `pod-security.kubernetes.io/enforce` of the namespace.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'quota used up, while pods go that free some',
    words: /exceeded quota[\s\S]*\(pods go\)$/i,
    verdict: { after: 60_000 },
    cause: 'a quota of the namespace is used up, until the pods are gone that go',
    remedy: 'Raise the quota by what one more pod needs (`maxSurge`).',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'quota used up',
    words: /exceeded quota/i,
    verdict: 'now',
    cause: 'a quota of the namespace is used up',
    remedy:
      'Raise the quota, ask for less, or let old pods go first: `maxSurge: 0` with `maxUnavailable: 1`.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'quota or limit range asks for more to be said',
    words:
      /must specify|failed quota|LimitRange|(?:maximum|minimum) (?:cpu|memory|storage|ephemeral)|limit to request ratio/i,
    verdict: 'now',
    cause: 'a quota or a limit range of the namespace forbids it',
    remedy: 'Correct `resources` of the containers that it names.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'an admission webhook says no',
    words: /admission webhook .{1,300} denied|ValidatingAdmissionPolicy|denied the request/i,
    verdict: 'now',
    cause: 'a policy of the cluster forbids it',
    remedy: 'Correct what the policy names, or ask its owner for an exemption.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'an admission webhook does not answer',
    words: /failed calling webhook|failed to call webhook/i,
    verdict: { after: 30_000 },
    cause: 'an admission webhook of the cluster does not answer',
    remedy: 'Look at the webhook that it names: the cluster lets no pod in without its answer.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'no such service account',
    words: /service ?account .{1,300}not found|error looking up service account/i,
    verdict: { after: 5_000 },
    cause: 'its service account does not exist',
    remedy: 'Create the service account in the namespace, or correct `serviceAccountName`.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'no such priority class',
    words: /no PriorityClass/i,
    verdict: 'now',
    cause: 'its priority class does not exist',
    remedy: 'Create the priority class, or correct `priorityClassName`.',
  },
  {
    kind: 'refusal',
    reasons: refused,
    when: 'forbidden or not valid',
    words: /is forbidden|is invalid/i,
    verdict: { after: 5_000 },
    cause: 'the cluster does not take it',
    remedy: 'Correct what it names in the template.',
  },
  {
    kind: 'refusal',
    reasons: [...refused, 'ReplicaSetCreateError', 'FailedDelete'],
    when: '',
    verdict: { after: 30_000 },
    cause: 'the pods could not be made',
    remedy: 'What Kubernetes said of it is in the job summary.',
  },
];
