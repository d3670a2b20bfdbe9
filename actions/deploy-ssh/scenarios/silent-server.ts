import { createServer, type Server } from 'node:net';

/** A server that takes a connection and never says a word. */
export async function startSilentServer(): Promise<{
  server: Server;
  port: number;
  called: Promise<void>;
}> {
  const server = createServer();
  const called = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port, called };
}
