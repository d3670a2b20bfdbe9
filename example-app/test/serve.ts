import { once } from 'node:events';
import { Registry } from 'prom-client';
import { type AppOptions, createApp } from '../src/app.ts';
import { createHttpServer } from '../src/http-server.ts';
import { createLogger } from '../src/logger.ts';
import { describeApi } from '../src/openapi.ts';
import { routesOf } from '../src/routes.ts';
import { type Answer, Contract, recorded } from './contract.ts';

export type LogLine = { readonly msg: string; readonly [field: string]: unknown };

const RELEASE = { name: 'example-app', version: '1.2.3', commit: 'abc1234' };

/**
 * Serves an app on a free port of loopback.
 *
 * @param overrides options of the app that the test is about
 * @returns its address, its registry, and `stop`, which resolves with what was logged once every
 * response is over; that fails when an answer was not as /openapi.json has it
 */
export async function serve({
  requestTimeoutMs = 30_000,
  ...overrides
}: Partial<AppOptions> & { readonly requestTimeoutMs?: number } = {}) {
  const lines: string[] = [];
  const answers: Answer[] = [];
  const registry = new Registry();
  const app = createApp({
    ...RELEASE,
    environment: 'test',
    startedAt: new Date('2026-01-01T00:00:00Z'),
    now: () => Date.parse('2026-01-01T00:01:30Z'),
    logger: createLogger(RELEASE, {
      level: 'debug',
      destination: { write: (line) => lines.push(line) },
    }),
    registry,
    isStopping: () => false,
    utilization: () => 0.25,
    dependencies: [],
    features: [],
    checkTimeoutMs: 1000,
    rateLimit: 600,
    rateLimitStore: undefined,
    trustProxy: 0,
    ...overrides,
  });
  const server = createHttpServer(recorded(app.express, answers), requestTimeoutMs).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');

  const stop = async (): Promise<LogLine[]> => {
    if (server.listening) {
      await server[Symbol.asyncDispose]();
      const contract = contractOf(routesOf(app.express).keys());
      const complaints = answers.flatMap((answer) => contract.complaint(answer) ?? []);
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    }
    return lines.map((line) => JSON.parse(line));
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    express: app.express,
    registry,
    stop,
    async [Symbol.asyncDispose](): Promise<void> {
      await stop();
    },
  };
}

const contracts = new Map<string, Contract>();

function contractOf(routes: Iterable<string>): Contract {
  const all = [...routes];
  const key = all.join();
  const contract = contracts.get(key) ?? new Contract(describeApi(RELEASE, all));
  contracts.set(key, contract);
  return contract;
}
