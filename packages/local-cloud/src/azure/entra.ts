import { type Answer, type Handler, jsonAnswer, type Request } from '../http/exchange.ts';
import { readForm, unknownField } from '../http/form.ts';
import type { Signer } from '../jwt/signer.ts';
import { issueToken, knownAudiences } from './access-token.ts';
import { checkAssertion } from './entra-assertion.ts';
import { EntraError, entraRefusal } from './entra-error.ts';
import { checkSecret } from './entra-secret.ts';
import type { AzureSeed } from './seed.ts';

const telemetry = /^(?:x-client-|x-app-|x-ms-lib-|client-request-id$|client_info$)/;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const fieldNames = [
  'client_id',
  'scope',
  'grant_type',
  'client_assertion_type',
  'client_assertion',
  'client_secret',
  // Of a client that takes part in continuous access evaluation.
  'claims',
];

interface EntraParts {
  seed: AzureSeed;
  /** The issuer that the federated credentials are for; none: there are none. */
  issuer: string | undefined;
  signer: Signer;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * The token endpoint of Microsoft Entra ID for applications with a federated credential or a secret,
 * and the documents by which libraries find it.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function entraService(parts: EntraParts): Handler {
  return async (request) => {
    try {
      return await issue(request, parts);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return entraRefusal(error, parts.now());
    }
  };
}

async function issue(request: Request, parts: EntraParts): Promise<Answer> {
  const [tenant = '', ...rest] = request.url.pathname.slice(1).split('/');
  if (request.method === 'GET') {
    return discovery(tenant, rest.join('/'), request, parts.seed.tenantId);
  }
  if (request.method !== 'POST' || rest.join('/') !== 'oauth2/v2.0/token') {
    return jsonAnswer(404, { error: 'not_found' });
  }
  const { tenantId } = parts.seed;
  const form = readForm(request) ?? new Map<string, string>();
  const field = (name: string): string => {
    const value = form.get(name);
    if (value) return value;
    const message = `The request body must contain the following parameter: '${name}'.`;
    throw name.startsWith('client_assertion')
      ? new EntraError(7000218, 'invalid_client', message, 401)
      : new EntraError(900144, 'invalid_request', message);
  };
  if (field('grant_type') !== 'client_credentials') {
    const message = `The app requested an unsupported grant type '${field('grant_type')}'.`;
    throw new EntraError(70003, 'unsupported_grant_type', message);
  }
  // What Microsoft's libraries tell of themselves is taken, and means nothing.
  const said = new Map([...form].filter(([name]) => !telemetry.test(name)));
  const unknown = unknownField(said, fieldNames);
  if (unknown) throw new EntraError(90015, 'invalid_request', `Unknown parameter '${unknown}'.`);
  if (tenant !== tenantId) throw noTenant(tenant);
  const app = parts.seed.apps.find(({ clientId }) => clientId === field('client_id'));
  if (!app) {
    const message = `Application with identifier '${field('client_id')}' was not found in the directory '${tenantId}'.`;
    throw new EntraError(700016, 'unauthorized_client', message);
  }
  if (app.disabled) {
    const message = `Application '${app.clientId}' is disabled.`;
    throw new EntraError(7000112, 'unauthorized_client', message);
  }
  const resource = /^(?<resource>\S+)\/\.default$/.exec(field('scope'))?.groups?.['resource'];
  if (!resource) {
    const message = `The provided request must include a 'scope' input parameter ending in '/.default'. The scope ${field('scope')} is not valid.`;
    throw new EntraError(1002012, 'invalid_scope', message);
  }
  if (!knownAudiences.some((known) => known === resource)) {
    const message = `The resource principal named ${resource} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`;
    throw new EntraError(500011, 'invalid_resource', message);
  }
  if (form.has('client_secret')) checkSecret(field('client_secret'), app, parts.now());
  else {
    if (field('client_assertion_type') !== assertionType) {
      const message = `The client_assertion_type must be '${assertionType}'.`;
      throw new EntraError(900144, 'invalid_request', message);
    }
    await checkAssertion(field('client_assertion'), app, parts);
  }
  const { expires_in, access_token } = issueToken(app.clientId, resource, parts);
  return jsonAnswer(200, {
    token_type: 'Bearer',
    expires_in,
    ext_expires_in: expires_in,
    access_token,
  });
}

/** What a library asks of an authority that it does not know. */
function discovery(tenant: string, path: string, request: Request, known: string): Answer {
  const base = `${request.url.origin}/${tenant}`;
  if (path !== 'v2.0/.well-known/openid-configuration') {
    return jsonAnswer(404, { error: 'not_found' });
  }
  if (tenant !== known) throw noTenant(tenant);
  return jsonAnswer(200, {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    response_types_supported: ['code', 'id_token'],
    id_token_signing_alg_values_supported: ['RS256'],
    subject_types_supported: ['pairwise'],
  });
}

function noTenant(tenant: string): EntraError {
  const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`;
  return new EntraError(90002, 'invalid_request', message);
}
