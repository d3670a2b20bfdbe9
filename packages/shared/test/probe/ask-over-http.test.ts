import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askOverHttp } from '../../src/probe/probe.ts';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

describe('askOverHttp', () => {
  let server: Server;
  let url: URL;
  let respond: Respond = (_, response) => response.end();
  const asked: IncomingMessage[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      respond(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = new URL(
      `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/health?x=1`,
    );
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const ask = (by: Respond, signal = new AbortController().signal) => {
    respond = by;
    asked.length = 0;
    return askOverHttp(url, fetch)(signal);
  };

  it.each([200, 204, 404, 503])('gives status %i', async (status) => {
    const answer = await ask((_, response) => response.writeHead(status).end());
    expect(answer).toEqual({ status, body: '' });
  });

  it('gives the body, also when a character comes in two pieces', async () => {
    const bytes = Buffer.from('version ü 🚢');
    const pieces = [bytes.subarray(0, 9), bytes.subarray(9, 13), bytes.subarray(13)];
    const inPieces = async () => new Response(ReadableStream.from(pieces));
    const answer = await askOverHttp(url, inPieces)(new AbortController().signal);
    expect(answer.body).toBe('version ü 🚢');
  });

  it('asks for this address, past any cache, and keeps no connection', async () => {
    await ask((_, response) => response.end());
    expect(asked[0]?.url).toBe('/health?x=1');
    expect(asked[0]?.headers).toMatchObject({
      'user-agent': 'slipway-probe',
      'cache-control': 'no-cache',
      connection: 'close',
    });
  });

  it('does not follow a redirect: a login page is no proof', async () => {
    const answer = await ask((_, response) =>
      response.writeHead(302, { location: '/login' }).end('moved'),
    );
    expect(answer).toEqual({ status: 302, body: 'moved' });
    expect(asked).toHaveLength(1);
  });

  it('reads no more than it needs of an answer that does not end', async () => {
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      respond = (_, response) => {
        const more = () => {
          while (!response.destroyed && sent < 64 * 1024 * 1024) {
            sent += 64 * 1024;
            if (!response.write('x'.repeat(64 * 1024))) {
              response.once('drain', more);
              return;
            }
          }
        };
        response.on('close', resolve);
        more();
      };
    });
    const answer = await askOverHttp(url, fetch)(new AbortController().signal);
    await closed;
    expect(answer.body.length).toBeGreaterThanOrEqual(256 * 1024);
    expect(answer.body.length).toBeLessThan(1024 * 1024);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('fails, with the reason, when the connection is reset', async () => {
    const end = ask((request) => request.socket.resetAndDestroy());
    await expect(end).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('fails when the answer breaks off', async () => {
    const end = ask((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => request.socket.destroy());
    });
    await expect(end).rejects.toThrow('terminated');
  });

  it.each([
    ['before the answer', () => undefined],
    ['in the middle of the body', (response: ServerResponse) => response.write('half')],
  ])('stops when it is told to, %s', async (_, begin) => {
    const controller = new AbortController();
    const end = ask((_request, response) => {
      begin(response);
      setImmediate(() => controller.abort(new Error('cancelled')));
    }, controller.signal);
    await expect(end).rejects.toThrow('cancelled');
  });
});
