import type { Release } from './release.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export type Settings = {
  readonly port: number;
  readonly host: string;
  readonly environment: string;
  readonly logLevel: string;
  /** How long requests under way may take once the process is told to stop, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  readonly release: Release;
};

/**
 * Reads the settings from environment variables. An empty variable counts as unset, because that
 * is what `docker build` and Compose make of a missing value.
 *
 * @param env the environment, usually `process.env`
 * @param manifest the app's package.json: its name, and the version to fall back to
 * @throws Error that names every bad variable at once, each with a valid example
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  manifest: { readonly name: string; readonly version: string },
): Settings {
  const problems: string[] = [];

  const text = (name: string, fallback: string): string => env[name] || fallback;

  const integer = (name: string, fallback: number, min: number, max: number): number => {
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

  const settings: Settings = {
    port: integer('PORT', 3000, 0, 65_535),
    host: text('HOST', '0.0.0.0'),
    environment: text('ENVIRONMENT', 'production'),
    logLevel: oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    shutdownTimeoutMs: integer('SHUTDOWN_TIMEOUT_MS', 10_000, 0, 600_000),
    release: {
      name: manifest.name,
      version: text('APP_VERSION', manifest.version),
      commit: text('APP_COMMIT', 'unknown'),
    },
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}
