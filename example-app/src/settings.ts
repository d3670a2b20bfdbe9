import type { Release } from './release.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export type Settings = {
  readonly port: number;
  readonly host: string;
  readonly environment: string;
  readonly logLevel: string;
  /** How long requests are still taken once the process is told to stop, in milliseconds. */
  readonly shutdownDelayMs: number;
  /** How long requests under way may take after that, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long one check of a dependency may take, in milliseconds. */
  readonly checkTimeoutMs: number;
  /** Requests a minute that one client may make; 0 for no limit. */
  readonly rateLimit: number;
  /** How many proxies are in front: so many of the last addresses in X-Forwarded-For are believed. */
  readonly trustProxy: number;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly release: Release;
};

/**
 * Reads the settings from environment variables. An empty variable counts as unset, because that
 * is what `docker build` and Compose make of a missing value.
 *
 * @param env the environment, usually `process.env`
 * @param manifest the app's package.json: its name, and the version to fall back to
 * @throws Error that names every bad variable at once, each with a valid example, and no secret
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  manifest: { readonly name: string; readonly version: string },
): Settings {
  const problems: string[] = [];

  const text = (name: string, fallback: string): string => env[name] || fallback;

  const integer = (name: string, fallback: number, [min, max]: readonly [number, number]) => {
    const value = text(name, String(fallback));
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    problems.push(
      `${name}: ${JSON.stringify(value)} is not a whole number from ${min} to ${max}, for example ${name}=${fallback}`,
    );
    return fallback;
  };

  const oneOf = (name: string, allowed: readonly string[], fallback: string): string => {
    const value = text(name, fallback);
    if (allowed.includes(value)) return value;
    problems.push(
      `${name}: ${JSON.stringify(value)} is not one of ${allowed.join(', ')}, for example ${name}=${fallback}`,
    );
    return fallback;
  };

  const address = (name: string, schemes: readonly string[], example: string) => {
    const value = env[name];
    if (!value) return undefined;
    if (schemes.includes(URL.parse(value)?.protocol ?? '')) return value;
    problems.push(
      `${name}: not an address with ${schemes.map((scheme) => `${scheme}//`).join(' or ')} (not shown: it may hold a password), for example ${name}=${example}`,
    );
    return undefined;
  };

  const upToTenMinutes = [0, 600_000] as const;
  const settings: Settings = {
    port: integer('PORT', 3000, [0, 65_535]),
    host: text('HOST', '0.0.0.0'),
    environment: text('ENVIRONMENT', 'production'),
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdownDelayMs: integer('SHUTDOWN_DELAY_MS', 0, upToTenMinutes),
    shutdownTimeoutMs: integer('SHUTDOWN_TIMEOUT_MS', 10_000, upToTenMinutes),
    requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', 30_000, [1, 600_000]),
    checkTimeoutMs: integer('CHECK_TIMEOUT_MS', 1000, [1, 60_000]),
    rateLimit: integer('RATE_LIMIT', 0, [0, 1_000_000_000]),
    trustProxy: integer('TRUST_PROXY', 0, [0, 10]),
    databaseUrl: address(
      'DATABASE_URL',
      ['postgresql:', 'postgres:'],
      'postgresql://app:password@localhost:5432/app',
    ),
    redisUrl: address('REDIS_URL', ['redis:', 'rediss:'], 'redis://:password@localhost:6379'),
    release: {
      name: manifest.name,
      version: text('APP_VERSION', manifest.version),
      commit: text('APP_COMMIT', 'unknown'),
    },
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}

/** The settings of this process; where they are bad it says so, and ends with exit code 1. */
export function settingsOrExit(manifest: { readonly name: string; readonly version: string }) {
  try {
    return readSettings(process.env, manifest);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
