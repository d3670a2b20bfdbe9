import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Histogram } from 'prom-client';
import type { RequestLabels } from './metrics.ts';
import type { StatusRecorder } from './status.ts';

export const REQUEST_ID = 'X-Request-Id';

/** Asked every few seconds by machines: worth a log line only when they fail, and no work of users. */
const PROBES = new Set(['/health', '/ready', '/api/metrics', '/api/status']);

/** How many requests have come and are not answered yet. */
export type InFlight = { requests: number };

export type ObserveOptions = {
  readonly logger: Logger;
  readonly durations: Histogram<RequestLabels>;
  readonly recorder: StatusRecorder;
  readonly inFlight: InFlight;
  readonly isStopping: () => boolean;
};

/**
 * Gives each request an id, and measures and logs it once it is over. The id of a proxy in front
 * is kept when it is a harmless one, and is sent back in `X-Request-Id`. Only the path is logged:
 * query strings and headers may hold secrets. A process that stops asks each client to leave.
 */
export function observeRequests(options: ObserveOptions): RequestHandler {
  const { logger, durations, recorder, inFlight, isStopping } = options;
  return (req, res, next) => {
    const { method, path } = req;
    const requestId = acceptableId(req.get(REQUEST_ID)) ?? randomUUID();
    const began = performance.now();
    inFlight.requests++;
    res.setHeader(REQUEST_ID, requestId);
    if (isStopping()) res.setHeader('Connection', 'close');

    // 'close' comes for every response, 'finish' only for those that the client waited for.
    res.once('close', () => {
      const route = routePattern(req);
      const status = res.statusCode;
      const milliseconds = performance.now() - began;
      const isProbe = PROBES.has(route);
      durations.observe({ method, route, status }, milliseconds / 1000);
      if (!isProbe) recorder.count(status, milliseconds / 1000);
      inFlight.requests--;
      const level = status >= 500 ? 'warn' : isProbe ? 'debug' : 'info';
      const durationMs = Math.round(milliseconds * 1000) / 1000;
      const aborted = !res.writableFinished;
      logger[level]({ requestId, method, path, route, status, durationMs, aborted }, 'request');
    });
    next();
  };
}

function acceptableId(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w.-]{1,64}$/.test(id) ? id : undefined;
}

/** The pattern and never the path: a metric label must not have as many values as there are URLs. */
function routePattern(req: Request): string {
  const pattern: unknown = req.route?.path;
  return typeof pattern === 'string' ? pattern : 'unmatched';
}
