import { Failure } from '../failure/failure.ts';
import { textField } from '../http/json.ts';
import { ask, unusable } from './ask.ts';
import { azureSignIn } from './azure-cloud.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import { entraToken } from './entra.ts';
import { isLoopback, registryHost } from './registry-host.ts';

/** The user name under which a registry takes one of its own refresh tokens as the password. */
const tokenUser = '00000000-0000-0000-0000-000000000000';
const scope = 'https://containerregistry.azure.net/.default';

/**
 * Logs in to an Azure container registry without a stored secret: OIDC token, Entra token, and a
 * refresh token of the registry (valid for three hours) that serves as the password.
 * Source: https://azure.github.io/acr/AAD-OAuth.html (POST /oauth2/exchange)
 * @param o.registry host as in the image reference, `shop.azurecr.io`
 * @throws Failure `identity/no-oidc`, `identity/refused`, `identity/permission`,
 *   `identity/unavailable`
 */
export async function acrCredentials(
  o: { clientId: string; tenantId: string; registry: string },
  context: IdentityContext,
): Promise<RegistryCredentials> {
  const { clientId, registry, tenantId } = o;
  const host = registryHost(registry);
  const cloud = host.provider === 'acr' ? host.cloud : 'public';
  const signIn = azureSignIn(cloud, context.env);
  const accessToken = await entraToken({ ...signIn, clientId, tenantId, scope }, context);
  const answer = await ask(
    {
      service: registry,
      url: new URL(`${isLoopback(registry) ? 'http' : 'https'}://${registry}/oauth2/exchange`),
      form: {
        grant_type: 'access_token',
        service: registry,
        tenant: tenantId,
        access_token: accessToken,
      },
    },
    context,
  );
  if (answer.status === 401 || answer.status === 403) {
    throw notAllowed(clientId, registry, answer.status);
  }
  if (answer.status !== 200) throw unusable(registry, `HTTP ${answer.status}`);
  const password = textField(answer.body, 'refresh_token');
  if (password === undefined) throw unusable(registry, 'the answer holds no refresh token');
  context.mask(password);
  return { username: tokenUser, password };
}

function notAllowed(clientId: string, registry: string, status: number): Failure {
  return Failure.of('identity/permission', {
    who: `Azure identity ${clientId}`,
    what: `use ${registry}`,
    said: `HTTP ${status}`,
    grant: `the role AcrPush (or AcrPull) on the registry ${registry}`,
  });
}
