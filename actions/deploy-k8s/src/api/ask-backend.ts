import type { HealthAnswer } from '@slipway/shared/probe/probe';
import { objectPath } from './addresses.ts';
import { type ApiCall, wordsFor } from './api-call.ts';
import type { Backend } from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';
import { type ApiStatus, statusIn } from './status.ts';

const mostBody = 256 * 1024;

/** Asks a server inside the cluster by the API server's proxy. What the API server itself says is an Error. */
export async function askBackend(
  sender: Sender,
  backend: Backend,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const call = proxyCall(backend);
  let { answer, body, status } = await asked(sender, call, signal);
  if (answer.status === 401 && status?.reason === 'Unauthorized' && sender.renews(answer)) {
    ({ answer, body, status } = await asked(sender, call, signal));
  }
  if (status) refuse(status, { code: answer.status, call, body, backend });
  // Servers before 1.20 say it in plain words.
  const plain = /^Error: '(.{1,500})'\s+Trying to reach: '/s.exec(body)?.[1];
  if (answer.status >= 500 && plain !== undefined) throw new Error(reached(backend, plain));
  return { status: answer.status, body };
}

async function asked(sender: Sender, call: ApiCall, signal: AbortSignal) {
  const answer = await sender.openOnce(call, signal);
  const body = await startOf(answer.body);
  await answer.body.cancel();
  return { answer, body, status: answer.status < 400 ? undefined : statusIn(body) };
}

function refuse(
  status: ApiStatus,
  o: { code: number; call: ApiCall; body: string; backend: Backend },
): void {
  const { backend, body, call, code } = o;
  const { message } = status;
  // An app may speak of itself in this form too: these words are the API server's.
  if (code === 403 && /\bcannot\b.{1,20} resource "(?:pods|services)\/proxy"/.test(message)) {
    throw refusalOf({ status: code, text: body }, call);
  }
  if (/no endpoints available for service/.test(message)) {
    throw new Error(`service ${backend.name} has no ready pod`);
  }
  const [, why] = /error trying to reach service: (.{1,500})/.exec(message) ?? [];
  if (why !== undefined) throw new Error(reached(backend, why));
  if (code === 404 && status.reason === 'NotFound' && status.name === backend.name) {
    throw new Error(message);
  }
  if (code === 400 && /invalid service request|port|address/.test(message))
    throw new Error(message);
  if (code === 504 || status.reason === 'Timeout') throw new Error(reached(backend, message));
}

function reached({ kind, name, port }: Backend, why: string): string {
  const what = `${kind === 'pods' ? 'pod' : 'service'} ${name}`;
  if (/connection refused/.test(why)) {
    return `nothing listens at port ${port} of ${what}, or only on its loopback`;
  }
  if (/tim(?:ed? ?out|eout)|deadline exceeded/i.test(why)) {
    return `the API server gets no answer from port ${port} of ${what}; a private control plane, or a network policy, may not let it`;
  }
  return `the API server cannot reach port ${port} of ${what}: ${why}`;
}

function proxyCall({ kind, name, namespace, path, port, scheme }: Backend): ApiCall {
  const target = `${scheme === 'https' ? 'https:' : ''}${name}:${port}`;
  const about = { resource: `${kind}/proxy`, namespace, name };
  const resource = { apiVersion: 'v1', kind: '', plural: kind, isNamespaced: true };
  const url = new URL(path.startsWith('/') ? path : `/${path}`, 'http://app');
  return {
    ...about,
    what: wordsFor('asking', about),
    verb: 'get',
    group: '',
    method: 'GET',
    // What `..` there is, the URL has resolved inside of the app.
    path: objectPath({ resource, namespace, name: target }, `proxy${url.pathname}`),
    query: Object.fromEntries(url.searchParams),
    headers: { accept: '*/*', 'user-agent': 'slipway-probe', 'cache-control': 'no-cache' },
  };
}

async function startOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let body = '';
  for await (const piece of pieces) {
    body += decoder.decode(piece, { stream: true });
    if (body.length > mostBody) break;
  }
  return body;
}
