import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const SWEEP_MS = 50;

/**
 * Prepares a server for a graceful stop; call it before the first connection.
 *
 * @returns a function that stops the server: no new connections, idle ones closed at once, those
 * with a request under way closed after its response, or cut after `timeoutMs` milliseconds. It
 * resolves when all are closed, with the number of connections that had to be cut.
 */
export function gracefulStop(server: Server): (timeoutMs: number) => Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  return async (timeoutMs) => {
    const closed = once(server, 'close');
    server.close();

    const sweep = () => {
      server.closeIdleConnections();
      // Browsers open connections ahead of need. Node does not count one as idle before its first
      // request, so without this an open tab would hold the stop until the time-out.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    };
    sweep();
    const sweeping = setInterval(sweep, SWEEP_MS); // a keep-alive connection turns idle later

    let cut = 0;
    const deadline = setTimeout(() => {
      cut = sockets.size;
      server.closeAllConnections();
    }, timeoutMs);

    await closed;
    clearInterval(sweeping);
    clearTimeout(deadline);
    return cut;
  };
}
