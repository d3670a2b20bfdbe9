import { Throttled } from '@slipway/shared/deploy/target';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import { isNetworkError, retryAfter } from '@slipway/shared/http/retry';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from './aci-client.ts';

/** Time for one read with its body, in milliseconds. */
const readLimit = 30_000;
/** Azure Resource Manager itself answers within a minute. */
const writeLimit = 60_000;
/** The longest answer that is read, in bytes: ACI keeps 4 MB of a container's log. */
const longestAnswer = 16 * 1024 * 1024;

/** A client that knows how often the SDK has sent a request. */
export interface CountingClient extends HttpClient {
  attemptsOf(request: PipelineRequest): number;
}

/**
 * How the SDK reaches Azure Resource Manager: by the suite's own fetch, with its proxy and its limits.
 * What Azure asks to wait is not slept through here: it is a `Throttled`, and whoever asks decides.
 */
export function armHttp(endpoint: string, context: IdentityContext): CountingClient {
  const attempts = new WeakMap<PipelineRequest, number>();
  const attemptsOf = (request: PipelineRequest) => attempts.get(request) ?? 0;
  return {
    attemptsOf,
    async sendRequest(request) {
      attempts.set(request, attemptsOf(request) + 1);
      const { abortSignal, body, headers, method } = request;
      const limit = method === 'GET' ? readLimit : writeLimit;
      const sent: Record<string, string> = { ...headers.toJSON(), 'user-agent': 'slipway' };
      const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
      try {
        const answer = await deadline(context.clock, limit, signal, async (end) => {
          const response = await context.fetch(asGiven(request.url, endpoint), {
            method,
            headers: sent,
            ...(typeof body === 'string' && { body }),
            redirect: 'manual',
            signal: end,
          });
          return wholeAnswer(response, longestAnswer);
        });
        const { status } = answer;
        const asked = answer.headers.get('retry-after');
        if (status === 429 || (status === 503 && asked !== null)) {
          const wait = retryAfter(answer.headers, context.clock.now());
          throw new Throttled(`${method} ${new URL(request.url).pathname}: HTTP ${status}`, {
            ...(asked !== null && { retryAfter: wait }),
          });
        }
        return {
          request,
          status,
          headers: createHttpHeaders(kept(answer.headers)),
          bodyAsText: new TextDecoder().decode(answer.body),
        };
      } catch (error) {
        if (abortSignal?.aborted || !isNetworkError(error)) throw error;
        // The SDK repeats what has one of these codes.
        const code = error instanceof TimeoutReached ? 'ETIMEDOUT' : 'ECONNRESET';
        throw Object.assign(new RestError('no answer', { code, request }), { cause: error });
      }
    },
  };
}

/** The SDK sends tokens by https only; an emulator on this machine may have http. */
export function asSecure(endpoint: string): string {
  return endpoint.replace(/^http:/, 'https:');
}

function asGiven(url: string, endpoint: string): string {
  const secure = asSecure(endpoint);
  return url.startsWith(`${secure}/`) ? `${endpoint}${url.slice(secure.length)}` : url;
}

/** What somebody looks at later. */
const fields = [
  'azure-asyncoperation',
  'location',
  'retry-after',
  'www-authenticate',
  'x-ms-correlation-request-id',
] as const;

function kept(headers: { get(name: string): string | null }): Record<string, string> {
  const found = fields.map((name) => [name, headers.get(name)] as const);
  return Object.fromEntries(
    found.filter((pair): pair is [(typeof fields)[number], string] => pair[1] !== null),
  );
}
