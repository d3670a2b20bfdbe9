import { entry } from '../entry.ts';

/** Failures of proving who we are. */
export const identityFailures = {
  'identity/no-oidc': entry({
    cause: () => 'This job may not ask for an OIDC token.',
    remedy: () =>
      'Add `permissions: { id-token: write }` to the job (and to the caller of a reusable workflow). Runs for pull requests from forks never get a token.',
  }),
  'identity/no-aws-credentials': entry({
    cause: (f: { said: string }) =>
      `There are no credentials for AWS: neither aws-role nor AWS_ACCESS_KEY_ID is given, and the runner has no role: ${f.said}.`,
    remedy: () =>
      'Give the ARN of a role as `aws-role`, and the job `permissions: { id-token: write }`. Profiles and files in ~/.aws are not used.',
  }),
  'identity/refused': entry({
    cause: (f: { service: string; said: string; subject: string; trust: string }) =>
      `${f.service} refused the OIDC token with subject ${f.subject}: ${f.said}`,
    remedy: (f) => `Let it trust exactly this token: ${f.trust}`,
  }),
  'identity/permission': entry({
    cause: (f: { who: string; what: string; said: string; grant: string }) =>
      `${f.who} is known, but may not ${f.what}: ${f.said}`,
    remedy: (f) => `Grant it ${f.grant}.`,
  }),
  'identity/unavailable': entry({
    cause: (f: { service: string; said: string }) =>
      `${f.service} gave no usable answer: ${f.said}.`,
    remedy: () =>
      'If what it said is not about your account: look at the status page of the service and run the job again.',
  }),
} as const;
