/**
 * The text of a `.env` that a POSIX shell (`set -a; . ./.env`), systemd (`EnvironmentFile=`) and
 * Docker Compose (`env_file:`) read as the same values.
 *
 * One exception, as no spelling exists that all three read: a value with both `'` and a backtick
 * (or a backtick and a backslash at its end) is right for the shell and systemd, not for Compose.
 * Sources: POSIX shell 2.2; systemd src/basic/env-file.c; compose-go dotenv/parser.go
 */
export function envFileText(env: Iterable<readonly [string, string]>): string {
  return [...env].map(([key, value]) => `${key}=${spell(value)}\n`).join('');
}

function spell(value: string): string {
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(value)) return value;
  // Between single quotes everything is itself, but for a last backslash in Compose.
  if (!value.includes("'") && !value.endsWith('\\')) return `'${value}'`;
  // Between double quotes these are escaped; Compose leaves the backslash before a backtick.
  return `"${value.replace(/[\\"$`]/g, '\\$&')}"`;
}
