import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { RequestDurations } from './metrics.ts';
import type { StatusRecorder } from './status.ts';

export const REQUEST_ID = 'X-Request-Id';

/** Asked every few seconds by machines: worth a log line only when they fail. */
const PROBES = new Set(['/health', '/api/metrics', '/api/status']);

/**
 * Gives each request an id, and measures and logs it once it is over. The id of a proxy in front
 * is kept when it is a harmless one, and is sent back in `X-Request-Id`. Only the path is logged:
 * query strings and headers may hold secrets.
 */
export function observeRequests(
  logger: Logger,
  durations: RequestDurations,
  recorder: StatusRecorder,
): RequestHandler {
  return (req, res, next) => {
    const { method, path } = req;
    const requestId = acceptableId(req.get(REQUEST_ID)) ?? randomUUID();
    const stopTimer = durations.startTimer();
    res.set(REQUEST_ID, requestId);

    // 'close' comes for every response, 'finish' only for those that the client waited for.
    res.once('close', () => {
      const route = routePattern(req);
      const status = res.statusCode;
      const seconds = stopTimer({ method, route, status });
      if (!PROBES.has(route)) recorder.count(status, seconds);
      const level = status >= 500 ? 'warn' : PROBES.has(route) ? 'debug' : 'info';
      logger[level](
        {
          requestId,
          method,
          path,
          route,
          status,
          durationMs: Math.round(seconds * 1e6) / 1e3,
          aborted: !res.writableFinished,
        },
        'request',
      );
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
