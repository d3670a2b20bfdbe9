import type { Clock } from '../time/clock.ts';
import { deadline } from '../time/deadline.ts';
import type { Fetch, HttpAnswer, HttpFields } from './fetch.ts';

/** One request to a registry, its token service, or Grafana. */
export interface ExchangeRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array<ArrayBuffer> | string;
  /** Time for it with its body, in milliseconds; {@link requestLimit} when not given. */
  limit?: number;
  /** Where the body of a good answer goes, piece by piece; its answer has an empty body then. */
  sink?: Sink;
}

/** Takes content that is too long for the memory. */
export interface Sink {
  /** Called before the first piece, again for every further attempt. */
  begin(): Promise<void>;
  write(piece: Uint8Array): Promise<void>;
  /** Time for the whole of it, in milliseconds. */
  limit: number;
}

/** An answer, read to its end. */
export interface WholeAnswer {
  status: number;
  headers: HttpFields;
  body: Uint8Array<ArrayBuffer>;
}

/** What an exchange runs on. */
export interface Wire {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Throws when a URL may not be asked. */
  guard(url: URL): void;
}

/** Time for one request with its redirects and body, in milliseconds. */
export const requestLimit = 30_000;
/** The longest answer that is read, in bytes. Registries refuse manifests above 4 MiB. */
export const longestBody = 8 * 1024 * 1024;
const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Sends one request and reads the answer. GET and HEAD follow redirects (registries send readers of
 * blobs to their storage); `Authorization` never goes to another origin than the first.
 * @throws TimeoutReached after its limit; what `guard` and `fetch` throw
 */
export async function exchange(wire: Wire, request: ExchangeRequest): Promise<WholeAnswer> {
  const { sink, limit = sink?.limit ?? requestLimit } = request;
  return deadline(wire.clock, limit, wire.signal, async (signal) => {
    const { method, body = null } = request;
    const headers = { ...request.headers };
    let { url } = request;
    for (let hops = 0; hops <= mostRedirects; hops++) {
      wire.guard(url);
      const answer = await wire.fetch(url, { method, headers, body, redirect: 'manual', signal });
      const location = redirects.has(answer.status) ? answer.headers.get('location') : null;
      if (location === null || (method !== 'GET' && method !== 'HEAD')) {
        const { status, headers } = answer;
        if (!sink || !answer.ok) return wholeAnswer(answer, longestBody);
        await sink.begin();
        for await (const piece of answer.body ?? []) await sink.write(piece);
        return { status, headers, body: new Uint8Array() };
      }
      await answer.body?.cancel();
      const next = new URL(location, url);
      if (next.origin !== url.origin) delete headers['authorization'];
      url = next;
    }
    throw new Error(`more than ${mostRedirects} redirects`);
  });
}

/**
 * An answer of fetch, read to its end.
 * @param most the longest body that makes sense here, in bytes, counted after it was unpacked
 * @throws Error when there is more; the rest is not read
 */
export async function wholeAnswer(answer: HttpAnswer, most: number): Promise<WholeAnswer> {
  const { headers, status } = answer;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > most) throw new Error(`the answer is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return { status, headers, body };
}
