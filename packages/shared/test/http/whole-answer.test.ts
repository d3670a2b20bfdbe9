import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ExchangeRequest, exchange, wholeAnswer } from '../../src/http/exchange.ts';
import { httpFetch } from '../../src/http/fetch.ts';
import { systemClock } from '../../src/time/clock.ts';
import { deadline, TimeoutReached } from '../../src/time/deadline.ts';

type Respond = (response: ServerResponse, request: IncomingMessage) => void;

const said = 'unpacked '.repeat(99);
let respond: Respond;
let server: Server;
let address = '';

beforeAll(async () => {
  server = createServer((request, response) => respond(response, request)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const signal = new AbortController().signal;

function ask(by: Respond, method: ExchangeRequest['method'] = 'GET') {
  respond = by;
  const wire = { fetch: httpFetch, clock: systemClock, signal, guard: () => undefined };
  return exchange(wire, { method, url: new URL(address) });
}

const textOf = ({ body }: { body: Uint8Array }) => new TextDecoder().decode(body);

describe('a packed answer is unpacked', () => {
  it.each<[string, Buffer]>([
    ['gzip', gzipSync(said)],
    ['x-gzip', gzipSync(said)],
    ['GZIP', gzipSync(said)],
    ['deflate', deflateSync(said)],
    ['br', brotliCompressSync(said)],
    ['deflate, gzip', gzipSync(deflateSync(said))],
  ])('%s', async (coding, packed) => {
    const answer = await ask((response) =>
      response.writeHead(200, { 'Content-ENCODING': coding }).end(packed),
    );
    expect(textOf(answer)).toBe(said);
  });

  it('in pieces of one byte', async () => {
    const answer = await ask((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      for (const byte of gzipSync(said)) response.write(Buffer.of(byte));
      response.end();
    });
    expect(textOf(answer)).toBe(said);
  });
});

describe('an answer without a body may still name a coding', () => {
  it.each<[number, ExchangeRequest['method']]>([
    [200, 'GET'],
    [200, 'HEAD'],
    [204, 'GET'],
    [304, 'GET'],
    [404, 'HEAD'],
  ])('%i for %s', async (status, method) => {
    const answer = await ask(
      (response) => response.writeHead(status, { 'content-encoding': 'gzip' }).end(),
      method,
    );
    expect(answer).toMatchObject({ status, body: new Uint8Array() });
  });
});

describe('an answer that does not end', () => {
  const most = 100_000;
  const whole = async (by: Respond, within: number) => {
    respond = by;
    return deadline(systemClock, within, signal, async (limit) =>
      wholeAnswer(await httpFetch(address, { signal: limit }), most),
    );
  };
  const endless = (piece: Buffer | string, closed: () => void) => (response: ServerResponse) => {
    const more = () => {
      while (!response.destroyed) if (!response.write(piece)) break;
    };
    response.on('drain', more).on('close', closed);
    more();
  };

  it('is read up to what makes sense, and the connection is closed', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await expect(whole(endless('x'.repeat(60_000), resolve), 30_000)).rejects.toThrow(
      `the answer is longer than ${most} bytes`,
    );
    await promise;
  });

  it('counts by what comes out of a packed one', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const answered = whole((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    }, 30_000);
    await expect(answered).rejects.toThrow(`the answer is longer than ${most} bytes`);
  });

  it.each<[string, Respond]>([
    ['that drips', (response) => drip(response.writeHead(200))],
    [
      'that drips packed',
      (response) => drip(response.writeHead(200, { 'content-encoding': 'br' })),
    ],
    ['that stops', (response) => response.writeHead(200).write('begin')],
    ['that never begins', () => undefined],
  ])('%s ends with the time for it', async (_, by) => {
    await expect(whole(by, 100)).rejects.toBeInstanceOf(TimeoutReached);
  });

  it('ends with a cancelled run', async () => {
    const stop = new AbortController();
    respond = (response) => {
      response.writeHead(200).write('begin');
      setImmediate(() => stop.abort(new Error('cancelled')));
    };
    const answer = httpFetch(address, { signal: stop.signal });
    await expect(answer.then((found) => wholeAnswer(found, most))).rejects.toThrow('cancelled');
  });
});

// Byte by byte of what would go on for hours; each beginning of it is valid.
function drip(response: ServerResponse): void {
  let at = 0;
  const timer = setInterval(() => response.write(dripped.subarray(at, ++at)), 10);
  response.on('close', () => clearInterval(timer));
}

const dripped = brotliCompressSync(randomBytes(1_000_000));
