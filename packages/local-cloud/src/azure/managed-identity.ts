import { type Answer, type Handler, jsonAnswer } from '../http/exchange.ts';
import { readFields, unknownField } from '../http/form.ts';
import { issueToken, knownAudiences, type TokenParts } from './access-token.ts';

/** What a container has to show to its endpoint. */
export const identityHeader = 'planted-identity-header';

/**
 * The endpoints by which Azure gives a machine or a container its identity.
 * Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 * and https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function managedIdentityService(parts: TokenParts): Handler {
  return ({ headers, method, url }) => {
    // MSAL puts a slash at the end of an address that a variable gives.
    const path = url.pathname.replace(/\/$/, '');
    if (method !== 'GET') return refuse('invalid_request', 'the method is not understood', 405);
    const fields = readFields(url.searchParams);
    switch (path) {
      case '/metadata/identity/oauth2/token':
        if (headers['metadata'] !== 'true') {
          return refuse('bad_request_102', 'Required metadata header not specified');
        }
        return answer(fields, '2018-02-01', parts);
      case '/msi/token':
        if (headers['x-identity-header'] !== identityHeader) {
          return refuse('unauthorized', 'the identity header is wrong', 401);
        }
        return answer(fields, '2019-08-01', parts);
      default:
        return refuse('not_found', 'there is no such path', 404);
    }
  };
}

function answer(
  fields: Map<string, string> | undefined,
  version: string,
  parts: TokenParts,
): Answer {
  const known = ['api-version', 'resource', 'client_id', 'object_id', 'mi_res_id'];
  if (!fields || unknownField(fields, known)) {
    return refuse('bad_request_103', 'the query is not understood');
  }
  if (fields.get('api-version') !== version) {
    return refuse('bad_request', `The api-version ${fields.get('api-version')} is not supported`);
  }
  const resource = fields.get('resource') ?? '';
  if (!knownAudiences.some((one) => one === resource)) {
    const message = `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${parts.seed.tenantId}.`;
    return refuse('invalid_resource', message);
  }
  const asked = fields.get('client_id');
  const { system, userAssigned = [] } = parts.seed.machine ?? {};
  const client = asked === undefined ? system : userAssigned.find((one) => one === asked);
  if (client === undefined) return refuse('invalid_request', 'Identity not found');
  const { access_token, expires_in, expires_on, not_before } = issueToken(client, resource, parts);
  // Numbers are texts here.
  return jsonAnswer(200, {
    access_token,
    client_id: client,
    expires_in: String(expires_in),
    expires_on: String(expires_on),
    ext_expires_in: String(expires_in),
    not_before: String(not_before),
    resource,
    token_type: 'Bearer',
  });
}

function refuse(error: string, error_description: string, status = 400): Answer {
  return jsonAnswer(status, { error, error_description });
}
