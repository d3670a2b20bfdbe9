import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { sendAsset } from './assets.ts';
import { internalError, notFound } from './errors.ts';
import { securityHeaders } from './headers.ts';
import { registerMetrics } from './metrics.ts';
import { renderPage } from './page.ts';
import type { Release } from './release.ts';
import { observeRequests } from './requests.ts';
import { createStatusRecorder, STATUS_INTERVAL_MS } from './status.ts';
import { formatUptime } from './uptime.ts';

export type AppOptions = Release & {
  /** Where the app runs, for example `staging`. */
  readonly environment: string;
  readonly startedAt: Date;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  /** A registry of this app's own. */
  readonly registry: Registry;
  /** Whether the process was told to stop; `/health` then asks for no more traffic. */
  readonly isStopping: () => boolean;
};

/** Makes the app. It owns no global state: what it needs is handed in, so tests can have many. */
export function createApp(options: AppOptions): Express {
  const { name, version, commit, environment, startedAt, now, logger, registry } = options;
  const durations = registerMetrics(registry, options);
  const uptimeSeconds = () => Math.floor((now() - startedAt.getTime()) / 1000);

  let inFlight = 0;
  const status = createStatusRecorder({ now, inFlight: () => inFlight });
  setInterval(status.sample, STATUS_INTERVAL_MS).unref();

  const app = express();
  app.disable('x-powered-by');
  app.use(observeRequests(logger, durations, status));
  app.use((_req, res, next) => {
    inFlight += 1;
    res.once('close', () => {
      inFlight -= 1;
    });
    next();
  });
  app.use(securityHeaders);

  app.get('/', (_req, res) => {
    const uptime = formatUptime(uptimeSeconds());
    const facts = { Version: version, Commit: commit, Environment: environment, Uptime: uptime };
    res.type('html').send(renderPage(name, facts));
  });

  app.get('/assets/:file', sendAsset);

  app.get('/api/status', (_req, res) => {
    res.json({ version, commit, uptimeSeconds: uptimeSeconds(), ...status.read() });
  });

  app.get('/health', (_req, res) => {
    const stopping = options.isStopping();
    const status = stopping ? 'stopping' : 'ok';
    res.status(stopping ? 503 : 200).json({ status, version, commit });
  });

  app.get('/api/info', (_req, res) => {
    res.json({
      name,
      version,
      commit,
      environment,
      uptimeSeconds: uptimeSeconds(),
      startedAt,
      nodeVersion: process.version,
    });
  });

  app.get('/api/metrics', async (_req, res) => {
    res.set('Content-Type', registry.contentType).send(await registry.metrics());
  });

  app.use(notFound);
  app.use(internalError(logger));
  return app;
}
