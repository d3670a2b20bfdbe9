import type { ExchangeRequest, WholeAnswer } from '../http/exchange.ts';
import { field, listField, parseJson, textField } from '../http/json.ts';
import type { Challenge } from './challenge.ts';
import { basicAuthorization, type RegistryAuth } from './credentials.ts';

/** Name under which the client shows itself to OAuth 2 token services. */
const client = 'slipway';

/**
 * The request that turns credentials, or none, into a token of a registry.
 * Source: https://distribution.github.io/distribution/spec/auth/token/ (GET, with Basic) and
 * https://distribution.github.io/distribution/spec/auth/oauth/ (POST, with an identity token).
 * @param scopes such as `repository:acme/app:pull,push`
 * @returns undefined when the challenge names no token service
 */
export function tokenRequest(
  { parameters }: Challenge,
  scopes: readonly string[],
  credentials: RegistryAuth | undefined,
): ExchangeRequest | undefined {
  const realm = parameters.get('realm') ?? '';
  if (!URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  const service = parameters.get('service');
  if (credentials && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.identityToken,
      client_id: client,
      scope: scopes.join(' '),
      ...(service !== undefined && { service }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: form.toString() };
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (!credentials) return { method: 'GET', url };
  const authorization = basicAuthorization(credentials.username, credentials.password);
  return { method: 'GET', url, headers: { authorization } };
}

/** The token in the answer of a token service; undefined when there is none that a header can carry. */
export function tokenIn(answer: WholeAnswer): string | undefined {
  const body = parseJson(new TextDecoder().decode(answer.body));
  const token = textField(body, 'token') ?? textField(body, 'access_token');
  return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

/**
 * What a token allows to do with a repository, where it tells: a token service that knows the user
 * answers 200 and leaves out what the user may not do.
 * Source: https://distribution.github.io/distribution/spec/auth/jwt/ (claim `access`).
 * @returns undefined for tokens that do not tell
 */
export function grantedActions(token: string, repository: string): Set<string> | undefined {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  const access = field(parseJson(payload), 'access');
  if (!Array.isArray(access)) return undefined;
  const granted = new Set<string>();
  for (const entry of access) {
    const name = textField(entry, 'name');
    if (name === undefined || !Array.isArray(field(entry, 'actions'))) return undefined;
    if (name !== repository) continue;
    for (const action of listField(entry, 'actions')) granted.add(String(action));
  }
  return granted;
}
