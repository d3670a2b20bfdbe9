import {
  ClientAssertionCredential,
  ClientSecretCredential,
  type TokenCredential,
} from '@azure/identity';

/** What Entra is asked by @azure/identity: the form of a token request, as its documentation has it. */
export type TokenForm = Readonly<Record<string, string>>;

/** Sends the form to the token endpoint. @returns status and body as they came */
export type SendForm = (form: TokenForm) => Promise<{ status: number; text: string }>;

/** What proves an application: an assertion of somebody whom Entra trusts, or its own secret. */
export type EntraProof = { assertion: string } | { secret: string };

/**
 * Asks for an access token by @azure/identity. The library frames the request; `send` says where it
 * goes, so that no variable of another job (`AZURE_REGIONAL_AUTHORITY_NAME`, `MSAL_FORCE_REGION`)
 * does. What the library tells of itself and this machine is left out.
 */
export async function tokenByProof(
  o: { authority: string; tenantId: string; clientId: string; scope: string },
  proof: EntraProof,
  send: SendForm,
): Promise<string> {
  const { clientId, scope, tenantId } = o;
  // The library takes https only; an emulator on this machine has http, and `send` knows that.
  const authorityHost = o.authority.replace(/^http:/, 'https:');
  const base = `${authorityHost}/${tenantId}`;
  const addresses = {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
  const options: Options = {
    authorityHost,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
    httpClient: {
      async sendRequest(request) {
        const { headers } = request;
        for (const [name] of [...headers]) headers.delete(name);
        // The library knows the addresses of Microsoft's clouds; of another authority it asks them.
        if (new URL(request.url).pathname.endsWith('/.well-known/openid-configuration')) {
          return { request, status: 200, headers, bodyAsText: JSON.stringify(addresses) };
        }
        if (request.method !== 'POST' || typeof request.body !== 'string') {
          throw new Error(`no ${request.method} is needed for a token`);
        }
        const fields = [...new URLSearchParams(request.body)].filter(
          ([name]) => !name.startsWith('x-') && name !== 'client-request-id',
        );
        const { status, text } = await send(Object.fromEntries(fields));
        return { request, status, headers, bodyAsText: text };
      },
    },
  };
  const credential: TokenCredential =
    'secret' in proof
      ? new ClientSecretCredential(tenantId, clientId, proof.secret, options)
      : new ClientAssertionCredential(tenantId, clientId, async () => proof.assertion, options);
  const token = await credential.getToken(scope);
  if (token === null) throw new Error('the library gave no token');
  return token.token;
}

type Options = NonNullable<ConstructorParameters<typeof ClientAssertionCredential>[3]> &
  NonNullable<ConstructorParameters<typeof ClientSecretCredential>[3]>;
