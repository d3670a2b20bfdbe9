import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Answer } from './http/exchange.ts';
import { send } from './http/send.ts';
import { Variety } from './http/variety.ts';

/** What happens to a request instead of, or on its way to, the registry. */
export type Turn =
  /** This answer, and the registry never hears of it. */
  | { status: number; headers?: Record<string, string>; body?: string }
  /** The connection breaks in the middle of the body, or before any answer. */
  | 'reset'
  /** No answer, ever. */
  | 'stall'
  /** The registry does it, and then some headers of its answer or its status are replaced. */
  | { replace: Record<string, string>; as?: number }
  /** The answer of another server. */
  | { to: string };

/** A registry's way through a proxy that can be told to misbehave. */
export interface FaultProxy extends AsyncDisposable {
  /** `127.0.0.1:port`, which takes the place of the registry's. */
  host: string;
  /** `METHOD /path` of each request, in order. */
  requests: string[];
  /** Resolves with the first request that is stalled. */
  stalled: Promise<string>;
}

/** Decides on one request; undefined: the registry answers. */
export type Fault = (what: { method: string; path: string }) => Turn | undefined;

/** Hits the requests that fit, the first `count` of them. */
export function hit(method: string, path: RegExp, turn: Turn, count = Infinity): Fault {
  let left = count;
  return (what) =>
    what.method === method && path.test(what.path) && left-- > 0 ? turn : undefined;
}

/** Starts a proxy in front of a registry. */
export async function startFaultProxy(registry: string, fault: Fault): Promise<FaultProxy> {
  const requests: string[] = [];
  const stalled = Promise.withResolvers<string>();
  const variety = new Variety();
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const [path = '/'] = url.split('?');
    const what = `${method} ${path}`;
    requests.push(what);
    const turn = fault({ method, path });
    if (turn === 'stall') stalled.resolve(what);
    else if (turn === 'reset') reset(incoming);
    else if (turn && 'status' in turn) {
      incoming.resume();
      incoming.on('end', () => answer({ body: '', ...turn }, variety, incoming, outgoing));
    } else {
      const [server, change] = turn && 'to' in turn ? [turn.to] : [registry, turn];
      forward(server, incoming, outgoing).then(
        (answered) => answer(changed(answered, change), variety, incoming, outgoing),
        () => outgoing.destroy(),
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    requests,
    stalled: stalled.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reset(incoming: IncomingMessage): void {
  const hasBody = incoming.method === 'PUT' || incoming.method === 'PATCH';
  if (hasBody) incoming.once('data', () => incoming.socket.resetAndDestroy());
  else incoming.socket.resetAndDestroy();
}

// The Host header stays, so that the registry's own addresses lead through the proxy too.
function forward(
  server: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<IncomingMessage> {
  const { headers, method, url } = incoming;
  const onward = request(`http://${server}${url}`, { method: method ?? 'GET', headers });
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
  return new Promise((resolve, reject) => onward.on('response', resolve).on('error', reject));
}

function changed(
  answered: IncomingMessage,
  { replace = {}, as }: { replace?: Record<string, string>; as?: number } = {},
): Answer {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(answered.headersDistinct)) {
    headers[name] = values?.join(', ') ?? '';
  }
  return {
    status: as ?? answered.statusCode ?? 502,
    headers: { ...headers, ...replace },
    body: answered,
  };
}

// An engine asks for the size of a manifest by the length of the answer; an action takes all that
// HTTP allows.
const engine = /docker|buildkit|containerd|trivy|go-http/i;

function answer(
  said: Answer,
  variety: Variety,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  const headers = { 'accept-encoding': String(incoming.headers['accept-encoding'] ?? '') };
  const url = new URL(incoming.url ?? '/', 'http://registry');
  const { method = 'GET' } = incoming;
  if (engine.test(incoming.headers['user-agent'] ?? '')) {
    outgoing.writeHead(said.status, { ...said.headers });
    const body = said.body instanceof Readable ? said.body : Readable.from([said.body]);
    body.on('error', () => outgoing.destroy()).pipe(outgoing);
    return;
  }
  void send(variety.of(said, { method, url, headers }), outgoing);
}
