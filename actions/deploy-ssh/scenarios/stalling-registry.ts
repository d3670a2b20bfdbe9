import { createServer, request } from 'node:http';

/** A registry in front of another one that lets the Docker engine wait for ever for a blob. */
export interface StallingRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  host: string;
  /** Resolves once the engine waits. */
  stalled: Promise<void>;
}

/** Starts it on loopback; everybody but the engine gets what the registry behind it has. */
export async function startStallingRegistry(behind: string): Promise<StallingRegistry> {
  let engineWaits = () => {};
  const stalled = new Promise<void>((resolve) => {
    engineWaits = resolve;
  });
  const server = createServer((asked, answer) => {
    const engine = asked.headers['user-agent']?.startsWith('docker/') ?? false;
    if (engine && asked.url?.includes('/blobs/')) return engineWaits();
    const [hostname, port] = behind.split(':');
    const { method, url, headers } = asked;
    const passed = request({ hostname, port, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    stalled,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
