import type { IncomingMessage } from 'node:http';

/** What is asked: what the suite uses of the `RequestInit` of fetch. */
export interface HttpRequest {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer> | Blob | null;
  /** `follow` unless told otherwise, as with fetch. */
  redirect?: 'follow' | 'manual' | 'error';
  signal?: AbortSignal;
}

/** Fields of an answer: the value of one, or null. Those that came twice are joined by `, `. */
export interface HttpFields {
  get(name: string): string | null;
}

/** What the suite uses of the `Response` of fetch. */
export interface HttpAnswer {
  status: number;
  /** Whether the status is 2xx. */
  ok: boolean;
  headers: HttpFields;
  /** Is to be read to its end, or cancelled. */
  body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The part of fetch that the suite uses; Node's own fetch has this type as well. */
export type Fetch = (address: string | URL, request?: HttpRequest) => Promise<HttpAnswer>;

const mostRedirects = 20;

/**
 * Asks as fetch does, by node:http. Node's own fetch compiles a parser of HTTP in WebAssembly in each
 * process that uses it, which a step of a workflow pays for and never gets back:
 * docs/decisions/0013-http.md has the figures.
 *
 * As with fetch, `follow` repeats a request where it was sent to, without its body after 303 and,
 * for a POST, after 301 and 302, and `authorization` goes to no other origin than the first.
 * @throws what Node says of the network; the signal's reason
 */
export const httpFetch: Fetch = async (address, request = {}) => {
  const { redirect = 'follow', signal } = request;
  let { body = null, headers = {}, method = 'GET' } = request;
  let url = new URL(address);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const message = await send(url, { method, headers, body }, signal);
    const status = message.statusCode ?? 0;
    const { location } = message.headers;
    const moved = location !== undefined && [301, 302, 303, 307, 308].includes(status);
    if (!moved || redirect === 'manual') return answerOf(message, status, signal);
    message.resume();
    if (redirect === 'error') throw new Error(`${url.origin} answered with a redirect`);
    const asGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
    if (asGet) [method, body] = ['GET', null];
    const next = new URL(location, url);
    const dropped = new Set([
      ...(asGet ? ['content-type', 'content-length'] : []),
      ...(next.origin === url.origin ? [] : ['authorization', 'cookie']),
    ]);
    headers = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !dropped.has(name.toLowerCase())),
    );
    url = next;
  }
  throw new Error(`more than ${mostRedirects} redirects`);
};

type Sent = Required<Pick<HttpRequest, 'method' | 'headers' | 'body'>>;

/** Sends one request, and resolves with the head of the answer. */
async function send(
  url: URL,
  { body, headers, method }: Sent,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  signal?.throwIfAborted();
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`${url.protocol} is neither http: nor https:`);
  }
  // Not by `import`, which reads all that node:http has, and so loads Node's fetch after all.
  const { request } = process.getBuiltinModule(
    url.protocol === 'http:' ? 'node:http' : 'node:https',
  );
  const sent = request(url, {
    method,
    headers: {
      accept: '*/*',
      'accept-encoding': 'gzip',
      ...headers,
      ...(body instanceof Blob ? { 'content-length': String(body.size) } : {}),
    },
    ...(signal ? { signal } : {}),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', (error) => reject(signal?.aborted ? signal.reason : error));
  });
  if (body instanceof Blob) {
    const { pipeline } = await import('node:stream/promises');
    await Promise.all([pipeline(body.stream(), sent), answered]);
  } else sent.end(body ?? undefined);
  return await answered;
}

async function answerOf(
  message: IncomingMessage,
  status: number,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  const pieces = read(await unpacked(message), signal);
  const body = Object.assign(pieces, {
    async cancel() {
      message.destroy();
    },
  });
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: {
      get(name) {
        const value = message.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    body,
    async arrayBuffer() {
      const all: Uint8Array[] = [];
      for await (const piece of pieces) all.push(piece);
      return new Uint8Array(Buffer.concat(all)).buffer;
    },
  };
}

async function unpacked(message: IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  if (message.headers['content-encoding'] !== 'gzip') return message;
  const [{ createGunzip }, { pipeline }] = await Promise.all([
    import('node:zlib'),
    import('node:stream'),
  ]);
  // Whoever reads hears of what goes wrong.
  return pipeline(message, createGunzip(), () => undefined);
}

async function* read(
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
