import { AsyncLocalStorage } from 'node:async_hooks';
import { ManagedIdentityCredential } from '@azure/identity';

/** One GET of the endpoint. @returns what the library needs of its answer */
export type GetIdentity = (
  url: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ status: number; text: string; challenge: string | null }>;

// The library keeps the way to the endpoint, with the client of its first request, for the whole process.
const current = new AsyncLocalStorage<GetIdentity>();

/**
 * Asks for a token by @azure/identity, which knows what endpoint there is and how it is asked; `get`
 * asks it.
 */
export async function tokenOfMachine(
  o: { clientId: string | undefined; scope: string },
  get: GetIdentity,
): Promise<{ token: string; expiresOnTimestamp: number }> {
  const credential = new ManagedIdentityCredential({
    ...(o.clientId !== undefined && { clientId: o.clientId }),
    // Of no use here, but the library looks at the variable, and wants https.
    authorityHost: 'https://login.microsoftonline.com',
    retryOptions: { maxRetries: 0 },
    httpClient: {
      async sendRequest(request) {
        const { headers } = request;
        const sent = Object.fromEntries([...headers]);
        for (const name of Object.keys(sent)) headers.delete(name);
        const asks = current.getStore();
        if (!asks) throw new Error('nobody asks for a token');
        const { challenge, status, text } = await asks(request.url, sent);
        // Azure Arc says there in which file its secret is.
        if (challenge !== null) headers.set('www-authenticate', challenge);
        return { request, status, headers, bodyAsText: text };
      },
    },
  });
  return current.run(get, () => credential.getToken(o.scope));
}
