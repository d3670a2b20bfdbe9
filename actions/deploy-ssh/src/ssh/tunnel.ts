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
          // Only without an agent is this the way to the host.
          createConnection: () => socket,
          headers: { 'user-agent': 'slipway-probe', connection: 'close' },
        });
        ask.on('error', reject);
        ask.on('response', (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            if (body.length < mostBody) body += chunk;
          });
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        });
        ask.end();
      });
    } finally {
      stream.destroy();
    }
  };
}
