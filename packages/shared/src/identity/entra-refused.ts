import { Failure } from '../failure/failure.ts';
import { type EntraRefusal, type EntraRequest, entra } from './entra.ts';
import type { IdToken } from './oidc.ts';

/** Entra's code for an assertion whose time is over. */
export const tooOld = 700024;

/**
 * What a refusal of Entra means, with the remedy for each kind.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 * @param token the OIDC token that was shown; none for a client secret
 */
export function entraFailure(
  { code, said }: EntraRefusal,
  { clientId, tenantId, authority }: EntraRequest,
  token: IdToken | undefined,
): Failure {
  const facts = { said, client: clientId, tenant: tenantId, authority };
  switch (code) {
    case 90002:
    case 900023:
      return Failure.of('identity/azure-tenant', facts);
    case 700016:
    case 7000229:
      return Failure.of('identity/azure-application', facts);
    case 7000112:
      return Failure.of('identity/azure-disabled', facts);
    case 7000215:
      return Failure.of('identity/azure-secret', facts);
    case 7000222:
      return Failure.of('identity/azure-secret-expired', facts);
    case 53003:
      return Failure.of('identity/azure-conditional-access', facts);
    case 500011:
    case 900439:
      return Failure.of('identity/azure-cloud', facts);
  }
  if (token === undefined) return Failure.of('identity/azure-refused', facts);
  const shown = { ...facts, trust: trustOf(clientId, tenantId, token) };
  switch (code) {
    case 700211:
      return Failure.of('identity/azure-issuer', { ...shown, issuer: token.issuer });
    case 700212:
      return Failure.of('identity/azure-audience', { ...shown, audience: token.audience });
    case 70021:
    case 700213:
    // A flexible credential, and one that differs by the case of letters alone.
    case 7002131:
    case 7002138:
      return Failure.of('identity/azure-subject', { ...shown, subject: token.subject });
    case tooOld:
      return Failure.of('identity/azure-token-time', { ...shown, issuer: token.issuer });
    default: {
      const { subject } = token;
      return Failure.of('identity/refused', { service: entra, said, subject, trust: shown.trust });
    }
  }
}

/** The federated credential that takes this token, to be copied. */
function trustOf(clientId: string, tenantId: string, token: IdToken): string {
  const { audience, issuer, other, subject } = token;
  const needed = `application or managed identity ${clientId} in tenant ${tenantId} needs a federated credential with issuer ${issuer}, subject ${subject}, audience ${audience}.`;
  switch (other?.form) {
    case 'ids':
      return `${needed} GitHub may write the same subject as ${other.subject}: add a credential for that too, before the repository changes to it.`;
    case 'names':
      return `${needed} A credential for ${other.subject} does not match: GitHub has put the ids of owner and repository into the subject.`;
    default:
      return needed;
  }
}
