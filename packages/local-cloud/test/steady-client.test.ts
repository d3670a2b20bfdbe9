import { createServer, type RequestListener } from 'node:http';
import { expect, test } from '@jest/globals';
import { askSteadily } from '../src/steady-client.ts';

/** Serves requests on loopback, in turn by these listeners and then always by the last one. */
async function serve(...turns: RequestListener[]): Promise<AsyncDisposable & { url: string }> {
  let count = 0;
  const server = createServer((request, response) => {
    turns[Math.min(count, turns.length - 1)]?.(request, response);
    count += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const answer =
  (commit: string): RequestListener =>
  (_, response) =>
    response.end(JSON.stringify({ status: 'ok', commit }));

test('every request that was lost is counted, with its reason, and every version seen', async () => {
  await using server = await serve(
    answer('one'),
    (_, response) => response.writeHead(503).end(),
    (request) => request.socket.resetAndDestroy(),
    (_, response) =>
      response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy()),
    () => undefined,
    answer('two'),
  );
  await using client = await askSteadily(server.url, { rate: 100, patience: 1_000 });
  await client.saw('two');
  const { asked, failures, lost, versions } = await client.stop();
  expect(versions).toEqual(['one', 'two']);
  // On a busy machine one request may overtake another, so their order says nothing.
  expect(failures).toHaveLength(4);
  expect(failures.map(({ status, error }) => status ?? error)).toEqual(
    expect.arrayContaining([
      503,
      'Error: read ECONNRESET',
      expect.stringMatching(/aborted|ECONNRESET/),
      'no answer in 1000 ms',
    ]),
  );
  expect(lost.map((line) => line.replaceAll(/\d+\.\d\d|\d+ to \d+ ms/g, '…'))).toContainEqual(
    expect.stringMatching(/^1 of 503 on (?:kept|new) connections: sent after … to … s, took …$/),
  );
  expect(new Set(asked.map(({ keptAlive }) => keptAlive))).toEqual(new Set([true, false]));
});

test('it ends by itself at its limit, and says that a version never came', async () => {
  await using server = await serve(answer('one'));
  await using client = await askSteadily(server.url, { rate: 100, limit: 100 });
  await expect(client.saw('two')).rejects.toThrow('the client never saw two');
  const { asked, failures } = await client.stop();
  expect(asked.length).toBeLessThanOrEqual(12);
  expect(failures).toEqual([]);
});

test('one that comes late does not send at once all that it owes', async () => {
  await using server = await serve(answer('one'));
  await using client = await askSteadily(server.url, { rate: 1_000 });
  await client.saw('one');
  const before = client.seen().asked.length;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  const { asked } = await client.stop();
  expect(asked.length - before).toBeLessThan(700);
});
