import { once } from 'node:events';
import { Registry } from 'prom-client';
import manifest from '../package.json' with { type: 'json' };
import { createApp } from './app.ts';
import { createLogger } from './logger.ts';
import { readSettings, type Settings } from './settings.ts';
import { gracefulStop } from './stop.ts';

const startedAt = new Date();
const settings = settingsOrExit();
const { release, environment } = settings;
const logger = createLogger(settings.logLevel, release);

let stopping = false;
const app = createApp({
  ...release,
  environment,
  startedAt,
  now: Date.now,
  logger,
  registry: new Registry(),
  isStopping: () => stopping,
});

const server = app.listen(settings.port, settings.host);
// Longer than the 60 s of nginx and AWS load balancers, so that it is never this side that closes
// a connection on which the proxy is just sending a request.
server.keepAliveTimeout = 65_000;
const stop = gracefulStop(server);

process.on('SIGTERM', shutDown);
process.on('SIGINT', shutDown);

try {
  await once(server, 'listening');
  logger.info({ environment, address: server.address() }, 'listening');
} catch (err) {
  logger.fatal({ err }, 'cannot listen');
  process.exitCode = 1;
}

async function shutDown(signal: NodeJS.Signals): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, 'stopping');
  const cut = await stop(settings.shutdownTimeoutMs);
  if (cut > 0) logger.warn({ connections: cut }, 'time is up: connections cut');
  logger.info('stopped');
  process.exit(0);
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env, manifest);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
