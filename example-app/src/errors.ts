import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { REQUEST_ID } from './requests.ts';

/** Answers what no route has answered: 404 in JSON. */
export const notFound: RequestHandler = (_req, res) => {
  res.status(404).json({ error: 'not found', requestId: res.get(REQUEST_ID) });
};

/**
 * Answers what a route has thrown: 500 in JSON. The client gets only the request id; the error and
 * its stack go to the log, under the same id.
 */
export function internalError(logger: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (err, _req, res, next) => {
    const requestId = res.get(REQUEST_ID);
    logger.error({ err, requestId }, 'request failed');
    if (res.headersSent) {
      next(err); // too late for a status: Express cuts the connection
      return;
    }
    res.status(500).json({ error: 'internal server error', requestId });
  };
}
