import express, { type Express } from 'express';
import type { Store } from 'express-rate-limit';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { sendAsset } from './assets.ts';
import { type Dependency, prepareChecks } from './checks.ts';
import { securityHeaders } from './headers.ts';
import { limitRequests } from './limits.ts';
import { type AppMetrics, registerMetrics } from './metrics.ts';
import { renderPage } from './page.ts';
import { answerProblems, notFound, onlyMethods } from './problems.ts';
import type { Release } from './release.ts';
import { observeRequests } from './requests.ts';
import { routesOf } from './routes.ts';
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
  /** Whether the process was told to stop; `/ready` then asks for no more traffic. */
  readonly isStopping: () => boolean;
  /** How busy the event loop is, from 0 to 1. */
  readonly utilization: () => number;
  readonly dependencies: readonly Dependency[];
  /** Add the routes that need a backend. */
  readonly features: readonly ((app: Express) => void)[];
  readonly checkTimeoutMs: number;
  /** Requests a minute and client; 0 for no limit. */
  readonly rateLimit: number;
  /** Where the requests of all instances are counted, if not here. */
  readonly rateLimitStore: Store | undefined;
  /** How many proxies are in front. */
  readonly trustProxy: number;
};

/** Routes that can answer 503. */
const NEED_POSTGRES = /^\/(?:ready|api\/notes)\b/;

export type App = { readonly express: Express; readonly metrics: AppMetrics };

/** Makes the app. It owns no global state: what it needs is handed in, so tests can have many. */
export function createApp(options: AppOptions): App {
  const { name, version, commit, environment, startedAt, now, logger, registry } = options;
  const { isStopping } = options;
  const uptimeSeconds = () => Math.floor((now() - startedAt.getTime()) / 1000);

  const checkAll = prepareChecks(options.dependencies, {
    logger,
    limitMs: options.checkTimeoutMs,
  });
  const inFlight = { requests: 0 };
  const recorder = createStatusRecorder({ now, inFlight: () => inFlight.requests });
  setInterval(recorder.sample, STATUS_INTERVAL_MS).unref();

  const metrics = registerMetrics(registry, options, {
    requestsInFlight: () => inFlight.requests,
    eventLoopUtilization: options.utilization,
    dependencies: async () => new Map((await checkAll()).map(({ name, up }) => [name, up])),
  });

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // costs a fifth of a request, and nothing here may be stored
  app.set('trust proxy', options.trustProxy);
  const { durations } = metrics;
  app.use(observeRequests({ logger, durations, recorder, inFlight, isStopping }));
  app.use(securityHeaders);

  // Those who watch the app come first: whatever else is refused, they are answered.
  app.get('/health', (_req, res) => {
    res.json({ status: 'ok', version, commit });
  });

  app.get('/ready', async (_req, res) => {
    const checked = isStopping() ? [] : await checkAll();
    const down = checked.filter(({ up }) => !up);
    const ready = !isStopping() && !down.some(({ required }) => required);
    const status = isStopping() ? 'stopping' : !ready ? 'down' : down.length ? 'degraded' : 'ok';
    const checks = Object.fromEntries(checked.map(({ name, up }) => [name, up ? 'up' : 'down']));
    res.status(ready ? 200 : 503).json({ status, checks, version, commit });
  });

  app.get('/api/metrics', async (_req, res) => {
    res.setHeader('Content-Type', registry.contentType).send(await registry.metrics());
  });

  if (options.rateLimit > 0) {
    const { rateLimit: limit, rateLimitStore: store } = options;
    app.use(limitRequests({ limit, store, logger, metrics }));
  }

  app.get('/', (_req, res) => {
    const uptime = formatUptime(uptimeSeconds());
    const facts = { Version: version, Commit: commit, Environment: environment, Uptime: uptime };
    res.type('html').send(renderPage(name, facts));
  });

  app.get('/assets/:file', sendAsset);

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

  app.get('/api/status', (_req, res) => {
    res.json({ version, commit, uptimeSeconds: uptimeSeconds(), ...recorder.read() });
  });

  for (const add of options.features) add(app);

  let description: Promise<unknown> | undefined;
  app.get('/openapi.json', async (_req, res) => {
    // Only when somebody asks: it takes 6 MB of code.
    description ??= import('./openapi.ts').then((api) => api.describeApi(options, routes.keys()));
    res.json(await description);
  });

  const routes = routesOf(app);

  for (const [path, methods] of routes) {
    // An error that nobody has seen yet is seen when it comes only if its series was there before.
    for (const method of methods.filter((each) => each !== 'HEAD')) {
      metrics.durations.zero({ method, route: path, status: 500 });
      if (NEED_POSTGRES.test(path)) metrics.durations.zero({ method, route: path, status: 503 });
    }
    app.route(path).all(onlyMethods(methods));
  }

  app.use(notFound);
  app.use(answerProblems(logger, () => metrics.connectionsCut.inc()));
  return { express: app, metrics };
}
