import { randomUUID } from 'node:crypto';
import { type Answer, type Handler, jsonAnswer, type Request } from '../../http/exchange.ts';
import { type AccessParts, callerOf } from './access.ts';
import { ArmError, armRefusal } from './arm-error.ts';
import type { ArmPermissions } from './permissions.ts';
import type { Rates } from './rates.ts';
import { match, type Route } from './route.ts';
import { apiVersion } from './versions.ts';

export interface ArmParts extends AccessParts {
  routes: readonly Route[];
  permissions: ArmPermissions;
  rates: Rates;
}

/**
 * Azure Resource Manager: who asks, which API version, what the role allows, how many requests are left;
 * then the resource provider.
 * Source: https://github.com/Azure/azure-resource-manager-rpc
 */
export function armService(parts: ArmParts): Handler {
  return async (request) => {
    const correlation = request.headers['x-ms-correlation-request-id'] ?? randomUUID();
    const ids = {
      'x-ms-request-id': randomUUID(),
      'x-ms-correlation-request-id': correlation,
      'x-ms-routing-request-id': `EASTUS:20260105T120000Z:${randomUUID()}`,
      'cache-control': 'no-cache',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    };
    const answer = await answered(request, parts).catch((error: unknown) => {
      if (error instanceof ArmError) return armRefusal(error);
      throw error;
    });
    return { ...answer, headers: { ...ids, ...answer.headers } };
  };
}

async function answered(request: Request, parts: ArmParts): Promise<Answer> {
  const { pathname, searchParams } = request.url;
  const path = pathname.replace(/\/+/g, '/').replace(/\/$/, '');
  const found = parts.routes.flatMap((route) => {
    const of = match(route.path, path);
    return of ? [{ route, of }] : [];
  });
  const here = found.find(({ route }) => route.method === request.method);
  if (!here && found.length > 0) {
    const message = `The requested resource does not support http method '${request.method}'.`;
    return jsonAnswer(405, { message });
  }
  const caller = await callerOf(request, parts);
  if (!here) {
    const message = `No HTTP resource was found that matches the request URI '${path}'.`;
    throw new ArmError(404, 'InvalidResourceType', message);
  }
  const { of, route } = here;
  const version = apiVersion(searchParams, route.versions);
  checkSubscription(of.get('subscription') ?? '', parts);
  parts.permissions.need(route.action, path, caller);
  const left = parts.rates.take(route.kind);
  const answer = await route.run({
    request,
    part: (name) => of.get(name) ?? '',
    query: searchParams,
    version,
    caller,
    permissions: parts.permissions,
    origin: `https://${request.headers['host']}`,
  });
  return { ...answer, headers: { ...left, ...answer.headers } };
}

function checkSubscription(subscription: string, { seed }: ArmParts): void {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription)) {
    const message = `The provided subscription identifier '${subscription}' is malformed or invalid.`;
    throw new ArmError(400, 'InvalidSubscriptionId', message);
  }
  if (subscription.toLowerCase() === seed.subscriptionId) return;
  const message = `The subscription '${subscription}' could not be found.`;
  throw new ArmError(404, 'SubscriptionNotFound', message);
}
