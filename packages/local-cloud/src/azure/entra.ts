import { decodeJwt, type JWTPayload } from 'jose';
import { type Answer, type Handler, jsonAnswer, type Request } from '../http/exchange.ts';
import { readForm, unknownField } from '../http/form.ts';
import type { Signer } from '../jwt/signer.ts';
import { verifyToken } from '../jwt/verify.ts';
import { EntraError, entraRefusal } from './entra-error.ts';
import type { AppSeed, AzureSeed } from './seed.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const fieldNames = [
  'client_id',
  'scope',
  'grant_type',
  'client_assertion_type',
  'client_assertion',
];
const lifetime = 3_599;

interface EntraParts {
  seed: AzureSeed;
  /** The issuer that the federated credentials are for; none: there are none. */
  issuer: string | undefined;
  signer: Signer;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * The token endpoint of Microsoft Entra ID for applications with a federated credential.
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
  const unknown = unknownField(form, fieldNames);
  if (unknown) throw new EntraError(90015, 'invalid_request', `Unknown parameter '${unknown}'.`);
  if (tenant !== tenantId) {
    const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
    throw new EntraError(90002, 'invalid_request', message);
  }
  const app = parts.seed.apps.find(({ clientId }) => clientId === field('client_id'));
  if (!app) {
    const message = `Application with identifier '${field('client_id')}' was not found in the directory '${tenantId}'.`;
    throw new EntraError(700016, 'unauthorized_client', message);
  }
  if (field('client_assertion_type') !== assertionType) {
    const message = `The client_assertion_type must be '${assertionType}'.`;
    throw new EntraError(900144, 'invalid_request', message);
  }
  const resource = /^(?<resource>\S+)\/\.default$/.exec(field('scope'))?.groups?.['resource'];
  if (!resource) {
    const message = `The provided request must include a 'scope' input parameter ending in '/.default'. The scope ${field('scope')} is not valid.`;
    throw new EntraError(1002012, 'invalid_scope', message);
  }
  await checkAssertion(field('client_assertion'), app, parts);
  const issued = Math.floor(parts.now() / 1_000);
  return jsonAnswer(200, {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: parts.signer.sign({
      aud: resource,
      iss: `https://sts.windows.net/${tenantId}/`,
      iat: issued,
      nbf: issued,
      exp: issued + lifetime,
      appid: app.clientId,
      tid: tenantId,
      sub: app.clientId,
    }),
  });
}

async function checkAssertion(assertion: string, app: AppSeed, parts: EntraParts): Promise<void> {
  const { aud, iss, sub } = decode(assertion);
  const advice =
    'Check your federated identity credential Subject, Audience and Issuer against the presented assertion.';
  const noMatch = (code: number, what: string, value: unknown) =>
    new EntraError(
      code,
      'invalid_client',
      `No matching federated identity record found for presented assertion ${what} '${value}'. ${advice}`,
      401,
    );
  const { issuer, now } = parts;
  if (issuer === undefined || iss !== issuer) throw noMatch(700211, 'issuer', iss);
  const verified = await verifyToken(assertion, issuer, now());
  if (verified === 'expired') {
    const message = 'Client assertion is not within its valid time range.';
    throw new EntraError(700024, 'invalid_client', message, 401);
  }
  if (typeof verified === 'string') {
    const message = 'Client assertion failed signature validation.';
    throw new EntraError(700027, 'invalid_client', message, 401);
  }
  const bySubject = app.federated.filter(({ subject }) => subject === sub);
  if (bySubject.length === 0) throw noMatch(700213, 'subject', sub);
  if (!bySubject.some(({ audience }) => audience === aud)) throw noMatch(700212, 'audience', aud);
}

function decode(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new EntraError(50027, 'invalid_request', 'JWT token is invalid or malformed.');
  }
}
