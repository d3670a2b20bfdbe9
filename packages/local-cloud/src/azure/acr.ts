import { randomUUID } from 'node:crypto';
import { type Answer, type Handler, jsonAnswer, type Request } from '../http/exchange.ts';
import { readFields, readForm, unknownField } from '../http/form.ts';
import type { Signer } from '../jwt/signer.ts';
import { clientOf, registryAudience } from './access-token.ts';
import type { AzureSeed } from './seed.ts';

const tokenUser = '00000000-0000-0000-0000-000000000000';
const lifetime = 3 * 3_600;

interface AcrParts {
  seed: AzureSeed;
  /** Entra's key, for its access tokens, and the registry's own. */
  signer: Signer;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * The token endpoints of an Azure container registry.
 * Source: https://azure.github.io/acr/AAD-OAuth.html
 */
export function acrService(parts: AcrParts): Handler {
  const refreshTokens = new Set<string>();
  return async (request) => {
    switch (`${request.method} ${request.url.pathname}`) {
      case 'POST /oauth2/exchange':
        return await exchange(request, parts, refreshTokens);
      case 'POST /oauth2/token':
        return accessToken(request, readForm(request), parts, refreshTokens);
      case 'GET /oauth2/token':
        return accessToken(request, withBasicAuth(request), parts, refreshTokens);
      default:
        return refuse(404, 'NOT_FOUND', 'page not found');
    }
  };
}

async function exchange(
  request: Request,
  parts: AcrParts,
  refreshTokens: Set<string>,
): Promise<Answer> {
  const form = readForm(request);
  if (!form || unknownField(form, ['grant_type', 'service', 'tenant', 'access_token'])) {
    return refuse(400, 'BAD_REQUEST', 'the form is not understood');
  }
  if (form.get('grant_type') !== 'access_token') {
    return refuse(400, 'UNSUPPORTED', 'grant_type must be access_token');
  }
  if (form.get('service') !== request.url.host) {
    return refuse(400, 'BAD_REQUEST', `service must be ${request.url.host}`);
  }
  const client = await clientOf(form.get('access_token') ?? '', [registryAudience], parts);
  const tenant = form.get('tenant') ?? parts.seed.tenantId;
  const app = parts.seed.apps.find(({ clientId }) => clientId === client);
  if (!app?.mayPush || tenant !== parts.seed.tenantId) {
    return refuse(401, 'UNAUTHORIZED', 'authentication required');
  }
  const token =
    parts.seed.registryPassword ?? sign(parts, request, { jti: randomUUID(), sub: client });
  refreshTokens.add(token);
  return jsonAnswer(200, { refresh_token: token });
}

// What docker does with a user name and password: Basic on the token endpoint.
function withBasicAuth(request: Request): Map<string, string> | undefined {
  const [, encoded = ''] = /^Basic (\S+)$/.exec(request.headers['authorization'] ?? '') ?? [];
  const [user, password] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s);
  const fields = readFields(request.url.searchParams);
  if (!fields || user !== tokenUser || !password) return undefined;
  fields.delete('account');
  return fields.set('grant_type', 'refresh_token').set('refresh_token', password);
}

function accessToken(
  request: Request,
  fields: Map<string, string> | undefined,
  parts: AcrParts,
  refreshTokens: ReadonlySet<string>,
): Answer {
  if (!fields || unknownField(fields, ['grant_type', 'service', 'scope', 'refresh_token'])) {
    return refuse(400, 'BAD_REQUEST', 'the request is not understood');
  }
  const token = fields.get('refresh_token') ?? '';
  if (fields.get('grant_type') !== 'refresh_token' || !refreshTokens.has(token)) {
    return refuse(401, 'UNAUTHORIZED', 'authentication required');
  }
  const access = (fields.get('scope') ?? '').split(' ').flatMap((scope) => {
    const [type, name, actions] = scope.split(':');
    return type && name && actions ? [{ type, name, actions: actions.split(',') }] : [];
  });
  return jsonAnswer(200, { access_token: sign(parts, request, { jti: randomUUID(), access }) });
}

function sign(parts: AcrParts, request: Request, claims: Record<string, unknown>): string {
  const issued = Math.floor(parts.now() / 1_000);
  const times = { iat: issued, nbf: issued, exp: issued + lifetime };
  return parts.signer.sign({
    ...claims,
    ...times,
    iss: 'Azure Container Registry',
    aud: request.url.host,
  });
}

function refuse(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { errors: [{ code, message }] });
}
