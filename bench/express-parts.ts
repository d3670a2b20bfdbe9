// Serves what /api/info of the example app answers, by Express with the first so many parts of the app
// around it: node bench/express-parts.ts <port> <number of parts>. What a part costs is what it adds.
import { createRequire } from 'node:module';
import { securityHeaders } from '../example-app/src/headers.ts';
import { limitRequests } from '../example-app/src/limits.ts';
import { createLogger } from '../example-app/src/logger.ts';
import { registerMetrics } from '../example-app/src/metrics.ts';
import { observeRequests } from '../example-app/src/requests.ts';
import { createStatusRecorder } from '../example-app/src/status.ts';

type Handler = typeof securityHeaders;
interface Express {
  disable(setting: string): void;
  use(handler: Handler): void;
  get(path: string, handler: Handler): void;
  listen(port: number, host: string): void;
}

const fromApp = createRequire(new URL('../example-app/package.json', import.meta.url));
const express: () => Express = fromApp('express');
const { Registry }: typeof import('../example-app/node_modules/prom-client/index.js') =
  fromApp('prom-client');

const [port, parts] = process.argv.slice(2).map(Number);
const has = (part: number) => (parts ?? 0) >= part;
const app = express();
const release = { name: 'example-app', version: '1.0.0', commit: 'unknown' };
const startedAt = new Date();

if (has(1)) {
  app.disable('etag');
  app.disable('x-powered-by');
}
if (has(2)) app.use(securityHeaders);
if (has(3)) {
  const logger = createLogger(release, { level: has(4) ? 'info' : 'silent' });
  const inFlight = { requests: 0 };
  const metrics = registerMetrics(new Registry(), release, {
    requestsInFlight: () => inFlight.requests,
    eventLoopUtilization: () => 0,
    dependencies: async () => new Map(),
  });
  const recorder = createStatusRecorder({ now: Date.now, inFlight: () => inFlight.requests });
  const { durations } = metrics;
  app.use(observeRequests({ logger, durations, recorder, inFlight, isStopping: () => false }));
  if (has(5)) app.use(limitRequests({ limit: 1_000_000_000, store: undefined, logger, metrics }));
}
app.get('/api/info', (_req, res) => {
  res.json({
    ...release,
    environment: 'production',
    uptimeSeconds: Math.floor((Date.now() - startedAt.getTime()) / 1000),
    startedAt,
    nodeVersion: process.version,
  });
});
app.listen(port ?? 0, '127.0.0.1');
