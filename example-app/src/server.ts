import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import manifest from '../package.json' with { type: 'json' };
import { createApp } from './app.ts';
import { connectBackends } from './backends.ts';
import { createHttpServer } from './http-server.ts';
import { createLogger } from './logger.ts';
import { settingsOrExit } from './settings.ts';
import { gracefulStop } from './stop.ts';
import { watchUtilization } from './utilization.ts';

const startedAt = new Date();
const settings = settingsOrExit(manifest);
const { release, environment, databaseUrl, redisUrl } = settings;
const logger = createLogger(release, {
  level: settings.logLevel,
  secretUrls: [databaseUrl, redisUrl],
});
const backends = await connectBackends(settings, logger);

let stopping = false;
const app = createApp({
  ...release,
  ...settings,
  ...backends,
  startedAt,
  now: Date.now,
  logger,
  registry: new Registry(),
  isStopping: () => stopping,
  utilization: watchUtilization(),
});

const server = createHttpServer(app.express, settings.requestTimeoutMs);
const stop = gracefulStop(server);

process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);

try {
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  logger.info({ environment, address: server.address() }, 'listening');
} catch (err) {
  logger.fatal({ err }, 'cannot listen');
  process.exit(1);
}

/** In this order: no traffic is asked for, the port closes, answers end, connections close. */
async function shutDown(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  const { shutdownDelayMs, shutdownTimeoutMs } = settings;
  logger.info({ signal, delayMs: shutdownDelayMs }, 'stopping');
  if (shutdownDelayMs > 0) await delay(shutdownDelayMs);
  const cut = await stop(shutdownTimeoutMs);
  if (cut > 0) {
    app.metrics.connectionsCut.inc(cut);
    logger.warn({ connections: cut }, 'time is up: connections cut');
  }
  await backends.close();
  logger.info('stopped');
  process.exit(0);
}
