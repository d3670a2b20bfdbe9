import { entry } from '../entry.ts';

/** Failures of proving who we are. */
export const identityFailures = {
  'identity/no-oidc': entry({
    cause: () => 'This job may not ask for an OIDC token.',
    remedy: () =>
      'Add `permissions: { id-token: write }` to the job (and to the caller of a reusable workflow).',
  }),
  'identity/refused': entry({
    cause: (f: { service: string; said: string; subject: string }) =>
      `${f.service} refused the OIDC token with subject ${f.subject}: ${f.said}.`,
    remedy: () =>
      'Let the trust policy of the role or federated credential accept exactly this subject.',
  }),
} as const;
