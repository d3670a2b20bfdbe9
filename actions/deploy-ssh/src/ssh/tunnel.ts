import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Ask } from '@slipway/shared/probe/probe';
import type { Host } from './host.ts';

const mostBody = 256 * 1024;

/** Asks a port on the host's own loopback, so that a closed firewall is no obstacle. */
export function askThroughTunnel(host: Host, port: number, path: string): Ask {
  return async (signal) => {
    const { request } = await import('node:http');
    const stream = await host.tunnel(port, signal);
    // An HTTP client sets these on its socket; on a channel they have no meaning.
    const nothing = () => stream;
    const socket = Object.assign(stream, {
      setNoDelay: nothing,
      setKeepAlive: nothing,
      setTimeout: nothing,
      ref: nothing,
      unref: nothing,
    });
    try {
      return await new Promise((resolve, reject) => {
        const ask = request({
          host: '127.0.0.1',
          port,
          path,
          signal,
          // Node takes the stream from here because there is no HTTP agent.
          createConnection: () => socket,
          headers: {
            'user-agent': 'slipway-probe',
            'accept-encoding': 'identity',
            connection: 'close',
          },
        });
        ask.on('error', reject);
        ask.on('response', (response) => {
          startOf(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, body }),
            reject,
          );
        });
        ask.end();
      });
    } finally {
      stream.destroy();
    }
  };
}

// A body may end early, or be empty; fetch accepts that too.
const zlib = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotli = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};
const unpackers: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip(zlib)],
  ['x-gzip', () => createGunzip(zlib)],
  ['deflate', () => createInflate(zlib)],
  ['br', () => createBrotliDecompress(brotli)],
]);

// Some servers pack what was not asked to be packed (RFC 9110, 12.5.3).
function unpacked(response: IncomingMessage): Readable {
  const coding = response.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const unpacker = unpackers.get(coding)?.();
  if (!unpacker) return response;
  response.on('error', (error) => unpacker.destroy(error));
  return response.pipe(unpacker);
}

async function startOf(response: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let body = '';
  for await (const chunk of unpacked(response)) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > mostBody) break;
  }
  return body;
}
