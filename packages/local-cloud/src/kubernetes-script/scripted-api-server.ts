import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { makeCertificate } from '../certificate.ts';

/** A request as it came. */
export interface SeenRequest {
  method: string;
  /** With its query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Fields that came several times, each by itself. */
  all(name: string): readonly string[];
  body: string;
  /** Common name of the client certificate. */
  certificate: string | undefined;
}

/** An answer that is written by hand, piece by piece. */
export interface Written {
  /** Sends bytes as they are, and waits until they are on their way. */
  raw(bytes: string | Uint8Array): Promise<void>;
  /** Sends one event of a watch. */
  event(type: string, object: object): Promise<void>;
  /** Ends the answer as it should end. */
  end(): void;
  /** Cuts the connection. */
  cut(): void;
  /** Resolves when the client has left. */
  left: Promise<void>;
}

/** What happens to a request. */
export type Scripted =
  | {
      status: number;
      body?: object | string | Buffer;
      headers?: Readonly<Record<string, string | string[]>>;
    }
  /** The connection is reset. */
  | 'reset'
  /** It is done, and the answer is lost. */
  | 'lost'
  /** Nothing is ever said. */
  | 'silent'
  /** 200, and then whatever it writes. */
  | ((answer: Written, request: SeenRequest) => Promise<void> | void);

/**
 * An API server that says what a real one cannot be made to say. It knows no objects: a test writes
 * each answer.
 */
export interface ScriptedApiServer extends AsyncDisposable {
  /** `https://127.0.0.1:34567` */
  server: string;
  /** PEM. */
  certificateAuthority: string;
  /** In the order in which they came. */
  requests: readonly SeenRequest[];
  /**
   * Scripts the answers to requests, one after the other; the last one stays.
   * @param asked `GET /api/v1/pods`, without the query; what was scripted last goes before
   */
  on(asked: string | ((request: SeenRequest) => boolean), ...answers: Scripted[]): void;
  /** From now on every request is answered 401 for which it gives no user. */
  authenticate(user: (authorization: string) => Promise<string | undefined>): void;
  /** The clock of its header `date`. */
  now: () => number;
}

interface Rule {
  asked: (request: SeenRequest) => boolean;
  answers: Scripted[];
}

/** A Status as an API server writes it. */
export function statusObject(
  code: number,
  reason: string,
  message: string,
  details?: object,
): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(details && { details }),
  };
}

/** Starts one on a free port of 127.0.0.1. @param of the name that is in its certificate */
export async function startScriptedApiServer(
  of: 'IP:127.0.0.1' | `DNS:${string}` = 'IP:127.0.0.1',
): Promise<ScriptedApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-kubernetes-'));
  const { file, key } = await makeCertificate(folder, of);
  const certificateAuthority = await readFile(file, 'utf8');
  const requests: SeenRequest[] = [];
  const rules: Rule[] = [];
  let user: ((authorization: string) => Promise<string | undefined>) | undefined;

  const listener = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await seen(incoming);
    requests.push(request);
    outgoing.setHeader('date', new Date(script.now()).toUTCString());
    outgoing.setHeader('audit-id', 'scripted');
    if (user && (await user(request.headers.authorization ?? '')) === undefined) {
      return say(outgoing, { status: 401, body: unauthorized });
    }
    const rule = rules.find(({ asked }) => asked(request));
    const answer = rule && rule.answers.length > 1 ? rule.answers.shift() : rule?.answers[0];
    switch (answer) {
      case undefined:
        return say(outgoing, { status: 404, body: notFound });
      case 'silent':
        return;
      case 'reset':
      case 'lost':
        incoming.socket.destroy();
        return;
      default:
        if (typeof answer !== 'function') return say(outgoing, answer);
        await answer(writer(outgoing), request);
    }
  };
  const tls = { cert: certificateAuthority, key: await readFile(key, 'utf8') };
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => {
      listener(incoming, outgoing).catch(() => outgoing.destroy());
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const script: ScriptedApiServer = {
    server: `https://127.0.0.1:${address.port}`,
    certificateAuthority,
    requests,
    now: Date.now,
    on(asked, ...answers) {
      const picks =
        typeof asked === 'string'
          ? ({ method, path }: SeenRequest) => `${method} ${path.split('?')[0]}` === asked
          : asked;
      rules.unshift({ asked: picks, answers });
    },
    authenticate(who) {
      user = who;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
  return script;
}

const unauthorized = statusObject(401, 'Unauthorized', 'Unauthorized');
const notFound = statusObject(404, 'NotFound', 'the server could not find the requested resource');

async function seen(incoming: IncomingMessage): Promise<SeenRequest> {
  const path = incoming.url ?? '';
  const certificate = certificateOf(incoming);
  return {
    method: incoming.method ?? '',
    path,
    query: new URL(path, 'https://api').searchParams,
    headers: incoming.headers,
    all: (name) => incoming.headersDistinct[name] ?? [],
    body: await text(incoming),
    certificate,
  };
}

function certificateOf({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const name = socket.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : undefined;
}

function say(
  outgoing: ServerResponse,
  { body, headers, status }: Exclude<Scripted, string | ((...args: never) => unknown)>,
): void {
  for (const [name, value] of Object.entries(headers ?? {})) outgoing.setHeader(name, value);
  outgoing.statusCode = status;
  if (typeof body !== 'object' || Buffer.isBuffer(body)) {
    outgoing.end(body ?? '');
    return;
  }
  if (!outgoing.hasHeader('content-type')) outgoing.setHeader('content-type', 'application/json');
  outgoing.end(JSON.stringify(body));
}

function writer(outgoing: ServerResponse): Written {
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.flushHeaders();
  const raw = (bytes: string | Uint8Array) =>
    new Promise<void>((resolve) => {
      outgoing.write(bytes, () => resolve());
    });
  return {
    raw,
    event: (type, object) => raw(`${JSON.stringify({ type, object })}\n`),
    end: () => outgoing.end(),
    cut: () => outgoing.destroy(),
    left: new Promise((resolve) => {
      outgoing.on('close', () => resolve());
    }),
  };
}
