import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Environment } from '@slipway/shared/exec/environment';
import type { HttpAnswer } from '@slipway/shared/http/fetch';
import { proxyEnvironment } from '@slipway/shared/http/proxy';
import type { Clock } from '@slipway/shared/time/clock';
import type { ClientCertificate, ClusterAccess } from './access.ts';

/** One request to an API server. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** A list is sent as several fields of the same name. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly certificate?: ClientCertificate | undefined;
  readonly signal: AbortSignal;
}

/** Sends a request. Redirects are answers: a token goes to no other server. */
export type ClusterHttp = (request: ClusterRequest) => Promise<ClusterAnswer>;

/** An answer whose body comes unpacked, as it is sent. */
export interface ClusterAnswer extends HttpAnswer {
  /** Fields that may come several times, each by itself. */
  all(name: string): readonly string[];
  body: NonNullable<HttpAnswer['body']>;
}

/** No server that can be reached takes longer to accept a connection, in milliseconds. */
const connectLimit = 10_000;
/** A connection that nobody uses is closed after this, before the server does it, in milliseconds. */
const idleLimit = 30_000;

/**
 * HTTP to one API server, on `node:https`: its own authority, a client certificate and the name in
 * the server's certificate are options there, and nothing has to be loaded (docs/decisions/0102).
 */
export function clusterHttp(access: Route, env: Environment, clock: Clock): ClusterHttp {
  let opened: Promise<ClusterHttp> | undefined;
  return async (asked) => {
    opened ??= open(access, env, clock);
    return (await opened)(asked);
  };
}

type Route = Pick<ClusterAccess, 'ca' | 'tlsServerName' | 'proxy'>;

async function open(
  { ca, proxy, tlsServerName }: Route,
  env: Environment,
  clock: Clock,
): Promise<ClusterHttp> {
  const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
  const agents = new Map<string, Agent>();
  const plain = new http.Agent({ keepAlive: true, timeout: idleLimit });
  const agentFor = (certificate: ClientCertificate | undefined): Agent => {
    const name = certificate?.cert ?? '';
    const known = agents.get(name);
    if (known) return known;
    const agent = new https.Agent({
      keepAlive: true,
      timeout: idleLimit,
      proxyEnv: proxy === undefined ? proxyEnvironment(env) : { HTTPS_PROXY: proxy },
      ...(ca !== undefined && { ca }),
      ...(tlsServerName !== undefined && { servername: tlsServerName }),
      ...certificate,
    });
    agents.set(name, agent);
    return agent;
  };
  return ({ method, url, headers, body, certificate, signal }) =>
    new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const options = {
        method,
        headers: { 'accept-encoding': 'gzip', ...sentHeaders(headers) },
        signal,
      };
      const sent = isTls
        ? https.request(url, { ...options, agent: agentFor(certificate) })
        : http.request(url, { ...options, agent: plain });
      const connecting = new AbortController();
      const connected = () => connecting.abort();
      clock.sleep(connectLimit, connecting.signal).then(
        () => {
          const error = new Error(`no connection within ${connectLimit / 1_000} s`);
          sent.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
        },
        () => undefined,
      );
      sent.on('socket', (socket) => {
        // A new one is ready once TLS is; one that was used before is so already.
        if (sent.reusedSocket) connected();
        else socket.once(isTls ? 'secureConnect' : 'connect', connected);
      });
      sent.on('error', (error) => {
        connected();
        reject(error);
      });
      sent.on('response', (answer) => {
        connected();
        resolve(answerOf(answer));
      });
      sent.end(body);
    });
}

function sentHeaders(
  headers: ClusterRequest['headers'],
): Readonly<Record<string, string | string[]>> {
  const fields = Object.entries(headers);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function answerOf(answer: IncomingMessage): ClusterAnswer {
  const status = answer.statusCode ?? 0;
  const all = (name: string) => answer.headersDistinct[name.toLowerCase()] ?? [];
  const body = unpacked(answer);
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => (all(name).length === 0 ? null : all(name).join(', ')) },
    all,
    body: Object.assign(body, {
      async cancel() {
        body.destroy();
        answer.destroy();
      },
    }),
  };
}

// gzip is all that was asked for. What breaks off on its way is an error of the unpacked stream too.
function unpacked(answer: IncomingMessage) {
  if (answer.headers['content-encoding']?.toLowerCase() !== 'gzip') return answer;
  const gunzip = createGunzip();
  answer.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => answer.destroy());
  return answer.pipe(gunzip);
}
