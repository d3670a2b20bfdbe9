import { field, textField } from '../http/json.ts';
import { oneLine } from '../image/said.ts';
import { ask, type TokenAnswer, unusable } from './ask.ts';
import type { AccessToken } from './azure-identity.ts';
import type { IdentityContext } from './context.ts';
import type { EntraProof, SendForm } from './entra-credential.ts';

export const entra = 'Microsoft Entra ID';

/** Who wants a token, and for what. */
export interface EntraRequest {
  /** Base address of Microsoft Entra ID, without a slash at the end. */
  authority: string;
  clientId: string;
  /** Id or domain of the directory. */
  tenantId: string;
  /** What the token is for, `https://containerregistry.azure.net/.default` */
  scope: string;
}

/** What Entra said instead of a token. */
export interface EntraRefusal {
  /** The number of its code: 700213 for AADSTS700213. */
  code: number;
  /** Its words, fit for a sentence, without the proof that it may quote. */
  said: string;
}

/**
 * Signs in to Microsoft Entra ID by @azure/identity, loaded here, as an application or a managed
 * identity with a federated credential.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * @param proof already masked
 * @throws Failure `identity/unavailable`
 */
export async function signIn(
  request: EntraRequest,
  proof: EntraProof,
  context: IdentityContext,
): Promise<AccessToken | EntraRefusal> {
  const { authority, tenantId } = request;
  const url = new URL(`${authority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`);
  let answer: TokenAnswer | undefined;
  let failed: unknown;
  const unreadable = unusable(entra, 'the answer holds no access token');
  const send: SendForm = async (form) => {
    try {
      answer = await ask({ service: entra, url, form }, context);
    } catch (error) {
      failed = error;
      throw error;
    }
    const given = textField(answer.body, 'access_token');
    if (given !== undefined) context.mask(given);
    else if (answer.status === 200) throw unreadable;
    return { status: answer.status, text: JSON.stringify(answer.body ?? '') };
  };
  const { tokenByProof } = await import('./entra-credential.ts');
  try {
    const value = await tokenByProof(request, proof, send);
    const seconds = Number(field(answer?.body, 'expires_in')) || 0;
    return { value, expires: context.clock.now() + seconds * 1_000 };
  } catch (error) {
    // The library wraps what it is told; the answer itself says it better, and quotes no secret.
    if (failed !== undefined) throw failed;
    if (answer === undefined) throw error;
    if (answer.status === 200) throw unreadable;
    const refusal = refusalIn(answer.body, Object.values(proof));
    if (refusal) return refusal;
    throw unusable(entra, `HTTP ${answer.status}`);
  }
}

function refusalIn(answer: unknown, secrets: readonly string[]): EntraRefusal | undefined {
  let description = textField(answer, 'error_description') ?? '';
  for (const secret of secrets) description = description.replaceAll(secret, '***');
  const code = /^AADSTS(\d+)\b/.exec(description)?.[1];
  if (code === undefined) return undefined;
  // What follows are the ids of the request.
  const [said = ''] = description.split('Trace ID:', 1);
  return { code: Number(code), said: oneLine(said) };
}
