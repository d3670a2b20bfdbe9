import { Failure, messageOf } from '../failure/failure.ts';
import { directFetch } from '../http/direct-fetch.ts';
import { textField } from '../http/json.ts';
import { oneLine } from '../image/said.ts';
import { deadline } from '../time/deadline.ts';
import { ask } from './ask.ts';
import { type AccessToken, type AzureIdentity, renewedTokens } from './azure-identity.ts';
import type { GetIdentity } from './azure-managed-credential.ts';
import type { IdentityContext } from './context.ts';

const service = 'the managed identity endpoint of this machine';
/** Azure's metadata service answers within milliseconds; elsewhere nobody does. */
const probeLimit = 1_000;

/**
 * The identity that Azure gives to the machine or container on which the runner is. @azure/identity,
 * loaded here, knows which endpoint there is (App Service, Container Apps, Arc, a virtual machine).
 * Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * @param clientId of a user-assigned one; none: the system's own
 */
export function managedIdentity(
  clientId: string | undefined,
  context: IdentityContext,
): AzureIdentity {
  const who = clientId ? `managed identity ${clientId}` : 'the managed identity of the runner';
  for (const secret of [context.env['IDENTITY_HEADER'], context.env['MSI_SECRET']]) {
    if (secret) context.mask(secret);
  }
  const about = { who, way: 'by the endpoint of the machine that the runner is on' };
  return renewedTokens(about, context.clock, (scope) =>
    ofMachine({ clientId, who, scope }, context),
  );
}

/** Whether this machine says by its environment that it has a managed identity. */
export function namesManagedIdentity({ env }: Pick<IdentityContext, 'env'>): boolean {
  return Boolean(env['IDENTITY_ENDPOINT'] || env['MSI_ENDPOINT']);
}

/** Whether Azure's metadata service answers here. It wants a header, and refuses without one. */
export async function onAzure(context: IdentityContext): Promise<boolean> {
  const host = context.env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || 'http://169.254.169.254';
  const url = new URL('/metadata/identity/oauth2/token', host);
  try {
    const status = await deadline(context.clock, probeLimit, context.signal, async (signal) => {
      const answer = await directFetch(url, { signal });
      await answer.body?.cancel();
      return answer.status;
    });
    return status < 500;
  } catch {
    context.signal?.throwIfAborted();
    return false;
  }
}

async function ofMachine(
  o: { clientId: string | undefined; who: string; scope: string },
  context: IdentityContext,
): Promise<AccessToken> {
  const { tokenOfMachine } = await import('./azure-managed-credential.ts');
  let said: string | undefined;
  let failed: unknown;
  const straight: IdentityContext = { ...context, fetch: directFetch };
  const get: GetIdentity = async (url, headers) => {
    try {
      const answer = await ask({ service, url: new URL(url), headers }, straight);
      const token = textField(answer.body, 'access_token');
      if (token) context.mask(token);
      else said = oneLine(wordsOf(answer.body) ?? `HTTP ${answer.status}`);
      const challenge = answer.headers.get('www-authenticate');
      return { status: answer.status, text: JSON.stringify(answer.body ?? {}), challenge };
    } catch (error) {
      failed = error;
      throw error;
    }
  };
  try {
    const { expiresOnTimestamp, token } = await tokenOfMachine(o, get);
    return { value: token, expires: context.clock.now() + expiresOnTimestamp - Date.now() };
  } catch (error) {
    context.signal?.throwIfAborted();
    if (failed instanceof Failure) throw failed;
    const words = said ?? messageOf(error);
    throw Failure.of('identity/azure-managed-identity', { who: o.who, said: words });
  }
}

function wordsOf(body: unknown): string | undefined {
  const description = textField(body, 'error_description') ?? textField(body, 'message');
  return description ?? textField(body, 'error');
}
