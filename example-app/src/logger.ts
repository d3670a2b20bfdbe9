import { type DestinationStream, type LogFn, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Release } from './release.ts';

export type LoggerOptions = {
  /** The lowest level to write, for example `info`. */
  readonly level: string;
  /** Addresses with a password in them: neither is ever written. */
  readonly secretUrls?: readonly (string | undefined)[];
  /** Where lines go: stdout, unless given. */
  readonly destination?: Destination;
};

/** `flush` writes at once what was gathered. */
type Destination = DestinationStream & { flush?(): void };

/** The longest that a line waits, so that lines of many requests are written at once. */
const GATHER_MS = 100;
/** From this level on, that of `warn`, a line does not wait. */
const URGENT = 40;

/** Makes the logger: one JSON object a line, each stamped with the release that wrote it. */
export function createLogger(
  { name, version, commit }: Release,
  { level, secretUrls = [], destination = stdout() }: LoggerOptions,
): Logger {
  const secrets = secretUrls.flatMap((url) => (url === undefined ? [] : secretsOf(url)));
  const options = {
    level,
    base: { app: name, version, commit },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (err: unknown) => describe(err, secrets) },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, log: LogFn, severity: number) {
        log.apply(this, args);
        if (severity >= URGENT) destination.flush?.();
      },
    },
  };
  return pino(options, destination);
}

/**
 * Synchronous, because what pino writes in the background can be out of order at the end of the process.
 * What was gathered is lost only to a SIGKILL.
 */
function stdout(): Destination {
  const lines = pino.destination({ sync: true, minLength: 4096, periodicFlush: GATHER_MS });
  process.on('exit', () => lines.flushSync());
  return lines;
}

type Description = {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: Description;
};

/**
 * What the log says of an error, member by member: drivers put more into theirs, such as the row
 * that was refused (Postgres) or the arguments of the command (Redis).
 */
function describe(err: unknown, secrets: readonly string[]): Description {
  const clean = (text: string) =>
    secrets.reduce((cleaned, secret) => cleaned.replaceAll(secret, '[redacted]'), text);
  if (!(err instanceof Error)) return { type: typeof err, message: clean(String(err)) };
  // Several at once, for example one for each address of a host: the first tells enough.
  const cause = err.cause ?? (err instanceof AggregateError ? err.errors[0] : undefined);
  const { code }: { code?: unknown } = Object(err);
  return {
    type: err.name,
    message: clean(err.message),
    ...(typeof code === 'string' && { code }),
    ...(err.stack !== undefined && { stack: clean(err.stack) }),
    ...(cause !== undefined && { cause: describe(cause, secrets) }),
  };
}

/** The address and its password, as it is written there and as it is meant. */
function secretsOf(url: string): string[] {
  const written = URL.parse(url)?.password ?? '';
  if (written === '') return [url];
  try {
    return [url, written, decodeURIComponent(written)];
  } catch {
    return [url, written];
  }
}
