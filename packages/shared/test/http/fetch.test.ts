import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fetch, type HttpRequest, httpFetch } from '../../src/http/fetch.ts';

const nodeFetch: Fetch = globalThis.fetch;
let first = '';
let second = '';
let servers: Server[] = [];

/** What a server got: the fields that the suite sends, and the body. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += piece;
  const { authorization, 'content-length': length, 'x-own': own, cookie, accept } = request.headers;
  const type = request.headers['content-type'];
  const { method, url } = request;
  const got = { method, url, authorization, own, cookie, length, type, accept, body };
  response.setHeader('content-type', 'application/json');
  response.end(method === 'HEAD' ? undefined : JSON.stringify(got));
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', first);
  const paths: Record<string, () => void> = {
    '/to': () => {
      const host = searchParams.get('second') === null ? '' : second;
      response.writeHead(Number(searchParams.get('status')), { location: `${host}/echo?to` });
      response.end('moved');
    },
    '/nowhere': () => response.writeHead(302).end('no location'),
    '/circle': () => response.writeHead(307, { location: '/circle' }).end(),
    '/gzip': () =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked '.repeat(99))),
    '/half-gzip': () =>
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync('unpacked '.repeat(99)).subarray(0, 20)),
    '/cut': () => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this', () => response.destroy());
    },
    '/twice': () =>
      response
        .writeHead(401, [
          ...['www-authenticate', 'Basic realm="a"'],
          ...['www-authenticate', 'Bearer realm="b"'],
        ])
        .end(),
    '/empty': () => response.writeHead(204).end(),
    '/silent': () => undefined,
    '/stalled': () => response.writeHead(200).write('begin'),
    '/reset': () => request.socket.resetAndDestroy(),
    '/nonsense': () => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
  };
  const known = paths[pathname];
  if (known) known();
  else void echo(request, response);
}

beforeAll(async () => {
  servers = [createServer(answer), createServer(answer)];
  const hosts = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = Object(server.address()) as AddressInfo;
      return `http://127.0.0.1:${port}`;
    }),
  );
  [first = '', second = ''] = hosts;
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** What can be seen of an answer, or that there was none. */
async function seen(fetch: Fetch, path: string, request: HttpRequest) {
  try {
    const { arrayBuffer, body, headers, ok, status } = await lookAt(fetch, path, request);
    const text = Buffer.from(await arrayBuffer()).toString();
    const fields = ['www-authenticate', 'Location', 'content-type', 'x-none'].map((name) =>
      headers.get(name),
    );
    return { status, ok, hasBody: text.length > 0 && body !== null, text, fields };
  } catch {
    return 'no answer';
  }
}

async function lookAt(fetch: Fetch, path: string, request: HttpRequest) {
  const answered = await fetch(`${first}${path}`, request);
  const { body, headers, ok, status } = answered;
  return { body, headers, ok, status, arrayBuffer: () => answered.arrayBuffer() };
}

const own = { authorization: 'Bearer secret', cookie: 'a=b', 'x-own': 'kept' };
const post = { method: 'POST', headers: { ...own, 'content-type': 'text/plain' }, body: 'sent ü' };
const bytes = new Uint8Array([0, 255, 10]);

describe('what is asked over node:http is answered as it is to fetch', () => {
  it.each<[string, string, HttpRequest]>([
    ['a question', '/echo?a=b%20c', { headers: own }],
    ['a head', '/echo', { method: 'HEAD' }],
    ['a deletion', '/echo', { method: 'DELETE', headers: own }],
    ['a text', '/echo', post],
    ['bytes', '/echo', { method: 'PUT', body: bytes }],
    ['a file', '/echo', { method: 'POST', body: new Blob(['from a ', 'file']) }],
    ['an empty file', '/echo', { method: 'POST', body: new Blob([]) }],
    ['nothing to send', '/echo', { method: 'POST' }],
    ['a packed answer', '/gzip', {}],
    ['an answer that breaks off', '/cut', {}],
    ['an answer without a body', '/empty', {}],
    ['a field that comes twice', '/twice', {}],
    ['a redirect to nowhere', '/nowhere', {}],
    ['a redirect that is an answer', '/to?status=302', { redirect: 'manual' }],
    ['a redirect that is an error', '/to?status=302', { redirect: 'error' }],
    ['a redirect without an end', '/circle', {}],
    ['a connection that is reset', '/reset', {}],
    ['an answer that is not HTTP', '/nonsense', {}],
    ['another protocol', '/echo', { headers: { 'x-own': 'a\nb' } }],
    ...[301, 302, 303, 307, 308, 304].flatMap<[string, string, HttpRequest]>((status) => [
      [`${status} for a question`, `/to?status=${status}`, { headers: own }],
      [`${status} for a head`, `/to?status=${status}`, { method: 'HEAD', headers: own }],
      [`${status} for a text`, `/to?status=${status}`, post],
      [`${status} for bytes put`, `/to?status=${status}`, { method: 'PUT', body: bytes }],
      [`${status} to another origin`, `/to?status=${status}&second`, { headers: own }],
      [`${status} for a text to another origin`, `/to?status=${status}&second`, post],
    ]),
  ])('%s', async (_, path, request) => {
    expect(await seen(httpFetch, path, request)).toEqual(await seen(nodeFetch, path, request));
  });
});

describe('over node:http', () => {
  it('nothing is asked of what is not HTTP', async () => {
    await expect(httpFetch('file:///etc/passwd')).rejects.toThrow('neither http: nor https:');
  });

  it('a packed answer that breaks off is none, where fetch gives what there was of it', async () => {
    const answered = await httpFetch(`${first}/half-gzip`);
    await expect(answered.arrayBuffer()).rejects.toThrow('unexpected end of file');
  });

  it('an error says what the network said', async () => {
    await expect(httpFetch('http://127.0.0.1:9/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(httpFetch(`${first}/reset`)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each(['/silent', '/stalled'])('%s ends with the reason of the signal', async (path) => {
    const stop = new AbortController();
    const reason = new Error('long enough');
    setTimeout(() => stop.abort(reason), 50);
    const asked = httpFetch(first + path, { signal: stop.signal });
    await expect(asked.then((found) => found.arrayBuffer())).rejects.toBe(reason);
    await expect(httpFetch(first, { signal: stop.signal })).rejects.toBe(reason);
  });

  it('what was read of a body may be all that is wanted of it', async () => {
    const { body } = await httpFetch(`${first}/stalled`);
    let text = '';
    for await (const piece of body ?? []) {
      text += Buffer.from(piece).toString();
      break;
    }
    expect(text).toBe('begin');
    await body?.cancel();
  });

  it('a process ends at once, with a connection that is kept for more', async () => {
    const module = new URL('../../src/http/fetch.ts', import.meta.url).href;
    const program = `const { httpFetch } = await import(${JSON.stringify(module)});
      for (let i = 0; i < 2; i++) await (await httpFetch('${first}/echo')).arrayBuffer();
      console.log(process.moduleLoadList.some((name) => name.includes('undici')));`;
    const begin = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=source',
      '--input-type=module',
      '--eval',
      program,
    ]);
    expect(stdout).toBe('false\n');
    expect(performance.now() - begin).toBeLessThan(4_000);
  });
});
