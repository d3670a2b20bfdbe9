import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from '@jest/globals';
import { gracefulStop } from '../src/stop.ts';

/** A server whose every request hangs until `release` is called. */
async function hangingServer() {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const server = createServer(async (_req, res) => {
    res.write('first ');
    await released;
    res.end('last');
  });
  const stop = gracefulStop(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return { url: `http://127.0.0.1:${address.port}`, release, stop };
}

it('lets a response under way finish, then closes its keep-alive connection', async () => {
  const { url, release, stop } = await hangingServer();
  const response = await fetch(url);
  const stopped = stop(60_000);
  release();
  expect(await response.text()).toBe('first last');
  expect(await stopped).toBe(0);
});

it('cuts what is still under way when the time is up', async () => {
  const { url, stop } = await hangingServer();
  const response = await fetch(url);
  expect(await stop(1)).toBe(1);
  await expect(response.text()).rejects.toThrow('terminated');
});
