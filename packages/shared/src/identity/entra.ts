import { Failure } from '../failure/failure.ts';
import { textField } from '../http/json.ts';
import { oneLine } from '../image/said.ts';
import { ask, type TokenAnswer, unusable } from './ask.ts';
import type { AzureSignIn } from './azure-cloud.ts';
import type { IdentityContext } from './context.ts';
import type { SendForm } from './entra-credential.ts';
import { type IdToken, requestIdToken } from './oidc.ts';

const service = 'Microsoft Entra ID';

/**
 * Signs in to Microsoft Entra ID by @azure/identity, loaded here, as an application or managed identity with this job's OIDC token.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * (third case: access token request with a federated credential)
 * @param o.tenantId id or domain of the directory
 * @param o.scope what the token is for, `https://containerregistry.azure.net/.default`
 * @returns the access token: a secret, already masked
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/unavailable`
 */
export async function entraToken(
  o: AzureSignIn & { clientId: string; tenantId: string; scope: string },
  context: IdentityContext,
): Promise<string> {
  const token = await requestIdToken(o.audience, context);
  const url = new URL(`${o.authority}/${encodeURIComponent(o.tenantId)}/oauth2/v2.0/token`);
  let answer: TokenAnswer | undefined;
  let failed: unknown;
  const unreadable = unusable(service, 'the answer holds no access token');
  const send: SendForm = async (form) => {
    try {
      answer = await ask({ service, url, form }, context);
    } catch (error) {
      failed = error;
      throw error;
    }
    const given = textField(answer.body, 'access_token');
    if (given !== undefined) context.mask(given);
    else if (answer.status === 200) throw unreadable;
    return { status: answer.status, text: JSON.stringify(answer.body ?? '') };
  };
  const { tokenByAssertion } = await import('./entra-credential.ts');
  try {
    return await tokenByAssertion({ ...o, assertion: token.value }, o.authority, send);
  } catch (error) {
    // The library wraps what it is told; the answer itself says it better, and quotes no secret.
    if (failed !== undefined) throw failed;
    if (answer === undefined) throw error;
    if (answer.status === 200) throw unreadable;
    throw refused(answer.body, o, token) ?? unusable(service, `HTTP ${answer.status}`);
  }
}

function refused(
  answer: unknown,
  o: { clientId: string; tenantId: string },
  token: IdToken,
): Failure | undefined {
  const description = textField(answer, 'error_description');
  if (!description?.startsWith('AADSTS')) return undefined;
  // What follows are the ids of the request. The service may quote what it was sent.
  const [said = ''] = description.replaceAll(token.value, '***').split('Trace ID:', 1);
  return Failure.of('identity/refused', {
    service,
    said: oneLine(said),
    subject: token.subject,
    trust: `application or managed identity ${o.clientId} in tenant ${o.tenantId} needs a federated credential with issuer ${token.issuer}, subject ${token.subject}, audience ${token.audience}.`,
  });
}
