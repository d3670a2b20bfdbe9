import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { REQUEST_ID } from './requests.ts';

/** An answer that is not what the client asked for. A handler throws it. */
export class HttpProblem extends Error {
  readonly status: number;
  /** Members of the answer beside those of every problem, for example which fields are wrong. */
  readonly more: Readonly<Record<string, unknown>>;

  /** @param detail what is wrong with this request, for its sender; no secret, nothing of the inside */
  constructor(
    status: number,
    detail: string,
    more: Readonly<Record<string, unknown>> = {},
    options: ErrorOptions = {},
  ) {
    super(detail, options);
    this.status = status;
    this.more = more;
  }
}

/** What Express and its body parser refuse: the error's `type` to the words for its sender. */
const REFUSALS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'entity.too.large': 'The body is too large.',
  'charset.unsupported': 'The body is in a character set that is not supported. Use UTF-8.',
  'encoding.unsupported': 'The body is in an encoding that is not supported. Use none or gzip.',
};

/** Answers what no route has answered: 404, or 400 for a path that cannot be decoded. */
export const notFound: RequestHandler = (req, _res, next) => {
  next(canBeDecoded(req.path) ? new HttpProblem(404, 'There is nothing here.') : badPath());
};

/** Answers other methods than these: OPTIONS with the list of them, the rest with 405. */
export function onlyMethods(methods: readonly string[]): RequestHandler {
  const allow = methods.join(', ');
  return (req, res, next) => {
    if (methods.includes(req.method)) {
      next(); // the route has passed it on
      return;
    }
    res.setHeader('Allow', allow);
    if (req.method === 'OPTIONS') res.status(204).end();
    else next(new HttpProblem(405, `The methods here are ${allow}.`));
  };
}

/**
 * Answers what a route has thrown, as problem details (RFC 9457). A failure is told to the log only:
 * the client gets the request id, under which the log has the error and its stack.
 *
 * @param onCut called when a connection has to be cut, because the answer had begun
 */
export function answerProblems(logger: Logger, onCut: () => void): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (err: unknown, _req, res, next) => {
    const problem = res.headersSent ? undefined : asProblem(err);
    if (problem === undefined || problem.status >= 500) {
      const requestId = res.get(REQUEST_ID);
      logger.error({ err: problem?.cause ?? err, requestId }, 'request failed');
    }
    if (problem !== undefined) {
      answer(res, problem);
      return;
    }
    onCut();
    next(err); // too late for a status: Express cuts the connection
  };
}

function answer(res: Response, { status, message, more }: HttpProblem): void {
  res.status(status).setHeader('Content-Type', 'application/problem+json');
  res.json({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: message,
    requestId: res.get(REQUEST_ID),
    ...more,
  });
}

function asProblem(err: unknown): HttpProblem {
  if (err instanceof HttpProblem) return err;
  if (err instanceof URIError) return badPath();
  // Express and its parsers throw errors with the status and, if it is the client's fault, a type.
  const { status, type }: { status?: unknown; type?: unknown } = Object(err);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new HttpProblem(status, REFUSALS[String(type)] ?? 'The request cannot be read.');
  }
  return new HttpProblem(500, 'The request failed. Its id leads to the reason in the log.');
}

function badPath(): HttpProblem {
  return new HttpProblem(400, 'The path has a percent sign that begins no valid escape.');
}

function canBeDecoded(path: string): boolean {
  try {
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}
