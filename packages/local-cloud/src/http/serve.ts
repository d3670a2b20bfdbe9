import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Certificate } from '../certificate.ts';
import type { Handler, Request } from './exchange.ts';
import type { Faults } from './faults.ts';
import { send } from './send.ts';
import { type Spelling, Variety } from './variety.ts';

/** A service that listens on loopback. */
export interface Listening extends AsyncDisposable {
  /** `127.0.0.1:34567` */
  host: string;
  /** `http://127.0.0.1:34567`; https where it has a certificate. */
  url: string;
}

export interface ServeOptions {
  /** It speaks TLS. */
  certificate?: Certificate;
  /** How codings are named, where the vendor's own clients do not take all that HTTP has. */
  spelling?: Spelling;
}

/**
 * Serves one service on a free port of 127.0.0.1. What its handler throws is a bug of the local
 * cloud: it is printed and answered with 500. With a certificate it speaks TLS. What it says goes out in all the ways of {@link Variety}.
 */
export async function serve<Service extends string>(
  service: Service,
  handler: Handler,
  faults: Faults<Service>,
  { certificate, spelling }: ServeOptions = {},
): Promise<Listening> {
  const variety = new Variety(spelling);
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answer({ service, handler, faults, variety }, incoming, outgoing).catch((error: unknown) => {
      console.error(`local-cloud ${service}:`, error);
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  };
  const server = certificate
    ? createTlsServer(
        { cert: await readFile(certificate.file), key: await readFile(certificate.key) },
        listener,
      )
    : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    url: `${certificate ? 'https' : 'http'}://${host}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Served<Service extends string> {
  service: Service;
  handler: Handler;
  faults: Faults<Service>;
  variety: Variety;
}

async function answer<Service extends string>(
  { service, handler, faults, variety }: Served<Service>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const request = await readRequest(incoming);
  const fault = faults.take(service, request);
  if (fault === 'slow') return;
  if (fault === 'reset') {
    cut(incoming.socket);
    return;
  }
  const instead = typeof fault === 'object' && 'status' in fault ? fault : undefined;
  const said = instead ? { body: '', ...instead } : await handler(request);
  const { body } = said;
  if (fault === 'lost') {
    if (body instanceof Readable) await buffer(body);
    cut(incoming.socket);
    return;
  }
  if (typeof fault === 'object' && 'delay' in fault) await delay(fault.delay);
  await send(variety.of(said, request), outgoing);
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    headers[name] = values?.join(',') ?? '';
  }
  const scheme = incoming.socket instanceof TLSSocket ? 'https' : 'http';
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', `${scheme}://${headers['host']}`),
    headers,
    body: await buffer(incoming),
  };
}

/** Ends a connection in the middle of it. Node cannot reset one that speaks TLS, so that one is closed. */
function cut(socket: IncomingMessage['socket']): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
