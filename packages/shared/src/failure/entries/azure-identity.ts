import { entry } from '../entry.ts';

/** Failures of proving who we are to Azure. */
export const azureIdentityFailures = {
  'identity/no-azure-credentials': entry({
    cause: (f: { said: string }) => `There are no credentials for Azure: ${f.said}.`,
    remedy: () =>
      'Give `azure-client-id` and `azure-tenant-id` of an application or managed identity with a federated credential for this repository, and the job `permissions: { id-token: write }`.',
  }),
  'identity/azure-tenant': entry({
    cause: (f: { authority: string; tenant: string; said: string }) =>
      `Microsoft Entra ID at ${f.authority} knows no tenant ${f.tenant}: ${f.said}.`,
    remedy: () =>
      'Give the Directory (tenant) ID of the application as `azure-tenant-id`. For a tenant in China or of the US Government set AZURE_AUTHORITY_HOST to its authority.',
  }),
  'identity/azure-application': entry({
    cause: (f: { client: string; tenant: string; said: string }) =>
      `There is no application ${f.client} in tenant ${f.tenant}: ${f.said}.`,
    remedy: () =>
      'Give the Application (client) ID as `azure-client-id`, not the object ID, and the tenant where it has a service principal as `azure-tenant-id`. What was just made needs a minute to be known.',
  }),
  'identity/azure-disabled': entry({
    cause: (f: { client: string; said: string }) =>
      `The application ${f.client} is switched off: ${f.said}.`,
    remedy: () =>
      'Let an administrator of the tenant switch it on: Enterprise applications, Properties, "Enabled for users to sign-in".',
  }),
  'identity/azure-subject': entry({
    cause: (f: { client: string; subject: string; said: string; trust: string }) =>
      `${f.client} has no federated credential for the subject ${f.subject}: ${f.said}.`,
    remedy: (f) => `Let it trust exactly this token: ${f.trust}`,
  }),
  'identity/azure-audience': entry({
    cause: (f: { client: string; audience: string; said: string; trust: string }) =>
      `The federated credential of ${f.client} is for another audience than ${f.audience}: ${f.said}.`,
    remedy: (f) =>
      `Let it trust exactly this token: ${f.trust} China and the US Government have audiences of their own.`,
  }),
  'identity/azure-issuer': entry({
    cause: (f: { client: string; issuer: string; said: string; trust: string }) =>
      `${f.client} has no federated credential for the issuer ${f.issuer}: ${f.said}.`,
    remedy: (f) => `Let it trust exactly this token: ${f.trust}`,
  }),
  'identity/azure-token-time': entry({
    cause: (f: { issuer: string; said: string }) =>
      `Microsoft Entra ID finds two OIDC tokens of ${f.issuer}, each just made, outside of their time: ${f.said}.`,
    remedy: () =>
      'Set the clock of the runner right, or that of the issuer, and run the job again.',
  }),
  'identity/azure-secret': entry({
    cause: (f: { client: string; said: string }) =>
      `The client secret of ${f.client} is wrong: ${f.said}.`,
    remedy: () =>
      'Give the value of the secret, not its ID. Better: leave it out, and use a federated credential, which needs no secret.',
  }),
  'identity/azure-secret-expired': entry({
    cause: (f: { client: string; said: string }) =>
      `The client secret of ${f.client} has expired: ${f.said}.`,
    remedy: () =>
      'Make a new secret for the application. Better: leave it out, and use a federated credential, which never expires.',
  }),
  'identity/azure-conditional-access': entry({
    cause: (f: { tenant: string; client: string; said: string }) =>
      `A Conditional Access policy of tenant ${f.tenant} keeps ${f.client} out: ${f.said}.`,
    remedy: () =>
      'Let an administrator of the tenant exempt this workload identity, or run the job on a runner that the policy takes.',
  }),
  'identity/azure-cloud': entry({
    cause: (f: { tenant: string; said: string }) =>
      `Tenant ${f.tenant} is of another Azure cloud than the service that the token is for: ${f.said}.`,
    remedy: () =>
      'Set AZURE_AUTHORITY_HOST to the authority of the cloud: https://login.microsoftonline.com, https://login.partner.microsoftonline.cn or https://login.microsoftonline.us.',
  }),
  'identity/azure-refused': entry({
    cause: (f: { client: string; tenant: string; said: string }) =>
      `Microsoft Entra ID refused ${f.client} in tenant ${f.tenant}: ${f.said}.`,
    remedy: () =>
      'Look the code up at https://login.microsoftonline.com/error, and let an administrator of the tenant mend it.',
  }),
  'identity/azure-managed-identity': entry({
    cause: (f: { who: string; said: string }) => `There is no token for ${f.who}: ${f.said}.`,
    remedy: () =>
      'Give `azure-client-id` and `azure-tenant-id`, to sign in as an application; or assign the identity to the machine or container that the runner is on, a user-assigned one by its client id in AZURE_CLIENT_ID.',
  }),
  'identity/azure-cli': entry({
    cause: (f: { said: string }) => `The Azure CLI gave no token for its login: ${f.said}.`,
    remedy: () =>
      'Log in again with azure/login in this job, or give `azure-client-id` and `azure-tenant-id`, which need no Azure CLI.',
  }),
} as const;
