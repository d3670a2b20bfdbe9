/** A word that a POSIX shell takes literally, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `export` lines for an environment; keys are checked names already. */
export function exports(env: Iterable<readonly [string, string]>): string {
  return [...env].map(([key, value]) => `export ${key}=${quote(value)}\n`).join('');
}

/**
 * A whole script for the standard input of `bash -ls`. The body is one compound command, so the
 * shell has read all of it before any of it runs, and a program in it cannot eat the rest by
 * reading standard input. It stops at the first error; what a profile printed comes before the mark.
 */
export function script(body: string, mark: string): string {
  return `{ set -euo pipefail; trap 'exit 143' TERM; trap 'exit 130' INT; printf '%s\\n' ${quote(mark)}
${body}
exit 0; } </dev/null
`;
}
