import { Failure } from '../failure/failure.ts';
import { parseJson, textField } from '../http/json.ts';
import { ask, unusable } from './ask.ts';
import type { AzureIdentity } from './azure-identity.ts';
import type { IdentityContext } from './context.ts';
import type { RegistryCredentials } from './credentials.ts';
import { isLoopback } from './registry-host.ts';

/** The user name under which a registry takes one of its own refresh tokens as the password. */
const tokenUser = '00000000-0000-0000-0000-000000000000';
// One for all clouds: https://learn.microsoft.com/azure/container-registry/container-registry-disable-authentication-as-arm
const scope = 'https://containerregistry.azure.net/.default';

/**
 * Logs in to an Azure container registry without a stored secret: a token of Entra gets a refresh
 * token of the registry (valid for three hours), which serves as the password.
 * Source: https://azure.github.io/acr/AAD-OAuth.html (POST /oauth2/exchange)
 * @param o.registry host as in the image reference, `shop.azurecr.io`
 * @throws Failure `identity/*`
 */
export async function acrCredentials(
  o: { identity: AzureIdentity; registry: string },
  context: IdentityContext,
): Promise<RegistryCredentials> {
  const { identity, registry } = o;
  const { value } = await identity.token(scope);
  const tenant = identity.tenantId ?? tenantIn(value);
  const answer = await ask(
    {
      service: registry,
      url: new URL(`${isLoopback(registry) ? 'http' : 'https'}://${registry}/oauth2/exchange`),
      form: {
        grant_type: 'access_token',
        service: registry,
        ...(tenant !== undefined && { tenant }),
        access_token: value,
      },
    },
    context,
  );
  if (answer.status === 401 || answer.status === 403) {
    throw notAllowed(identity.who, registry, answer.status);
  }
  if (answer.status !== 200) throw unusable(registry, `HTTP ${answer.status}`);
  const password = textField(answer.body, 'refresh_token');
  if (password === undefined) throw unusable(registry, 'the answer holds no refresh token');
  context.mask(password);
  return { username: tokenUser, password };
}

// A managed identity and a login of the Azure CLI do not say it before they have a token.
function tenantIn(token: string): string | undefined {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return textField(parseJson(claims), 'tid');
}

function notAllowed(who: string, registry: string, status: number): Failure {
  return Failure.of('identity/permission', {
    who,
    what: `use ${registry}`,
    said: `HTTP ${status}`,
    grant: `the role AcrPush (or AcrPull) on the registry ${registry}, or "Container Registry Repository Writer" where the registry has permissions for each repository`,
  });
}
