import type { Fetch, HttpRequest } from '@slipway/shared/http/fetch';
import type { AzureIdentity } from '@slipway/shared/identity/azure-identity';
import { systemClock } from '@slipway/shared/time/clock';
import { openAci } from '../../src/api/open-aci.ts';

export const subscription = '77777777-6666-5555-4444-333333333333';
export const shop = { resourceGroup: 'shop', name: 'web' };

/** A fixed answer, what makes one out of the request, or an error instead. */
export type Turn =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | Error
  | ((request: HttpRequest & { url: string }) => Promise<never>);

/** A request as Azure Resource Manager got it. */
export interface Seen {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | undefined;
}

/** An identity with one token. */
export const identity: AzureIdentity = {
  who: 'application 1111',
  way: 'by a test',
  token: async () => ({ value: 'planted-token', expires: Date.now() + 3_600_000 }),
};

/** Azure that answers in turns; the last one is repeated. */
export async function aciThatSays(turns: readonly Turn[], env: Record<string, string> = {}) {
  const seen: Seen[] = [];
  const scripted: Fetch = async (address, request = {}) => {
    const turn = turns[Math.min(seen.length, turns.length - 1)] ?? {};
    const { body, headers = {}, method = 'GET' } = request;
    const text = typeof body === 'string' ? body : undefined;
    seen.push({ method, url: new URL(address), headers, body: text });
    if (turn instanceof Error) throw turn;
    if (typeof turn === 'function') return turn({ ...request, url: String(address) });
    const { status = 200, body: said = '', headers: sent } = turn;
    const content = typeof said === 'string' ? said : JSON.stringify(said);
    return new Response(status === 204 ? null : content, {
      status,
      ...(sent && { headers: sent }),
    });
  };
  const context = { env, fetch: scripted, clock: systemClock, mask: () => undefined };
  const api = await openAci({ subscription, cloud: 'public', identity }, context);
  return { api, seen };
}

/** A refusal of Azure. */
export const refusal = (status: number, code: string, message: string): Turn => ({
  status,
  body: { error: { code, message } },
});

/** A connection that was lost. */
export function lost(): Error {
  return Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
  });
}
