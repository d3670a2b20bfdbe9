import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inTurn, median, type Row, timed } from './measure.ts';

const module = join(import.meta.dirname, '../packages/shared/lib/http/fetch.js');
const bar = 0.8;

/** A process that asks three times over HTTP and ends: by node:http, against Node's own fetch. */
export async function firstRequest(): Promise<Row[]> {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = Object(server.address()) as AddressInfo;
  const run = (ask: string) => {
    const program = `import { httpFetch } from ${JSON.stringify(module)};
      for (let i = 0; i < 3; i++) await (await ${ask}('http://127.0.0.1:${port}/')).arrayBuffer();`;
    return timed(process.execPath, ['--input-type=module', '--eval', program]);
  };
  try {
    const pairs = await inTurn(
      15,
      () => run('httpFetch'),
      () => run('fetch'),
    );
    const ratio = median(pairs.map(({ a, b }) => a / b));
    const saved = median(pairs.map(({ a, b }) => b - a));
    return [
      {
        what: 'three requests, whole process',
        measured: `${ratio.toFixed(2)} × by fetch (${saved.toFixed(0)} ms less)`,
        bar: `≤ ${bar} ×`,
        held: ratio <= bar,
      },
    ];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
