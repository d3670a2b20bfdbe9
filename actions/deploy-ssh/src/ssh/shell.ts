/** A word that a POSIX shell takes literally, whatever is in it. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Variables that a script cannot hand on as they are: bash keeps most of them for itself, the last
 * ones would lead the script astray.
 * Source: bash(1), Shell Variables
 */
export const reservedNames =
  /^(?:_|BASH\w*|DIRSTACK|EPOCH\w+|EUID|GROUPS|HISTCMD|LINENO|OPTIND|PIPESTATUS|PPID|S?RANDOM|SECONDS|SHELLOPTS|UID|PATH|HOME|LD_\w+|DOCKER_\w+)$/;

/** `export` lines for an environment; keys are checked names already. */
export function exports(env: Iterable<readonly [string, string]>): string {
  return [...env].map(([key, value]) => `export ${key}=${quote(value)}\n`).join('');
}

/**
 * A whole script for the standard input of `bash -ls`. The body is one compound command, so the
 * shell has read all of it before any of it runs, and a program in it cannot eat the rest by
 * reading standard input. It stops at the first error. Its first line is the mark and the process
 * group, `$group`, by which the script can be ended; what a profile printed comes before. It runs in
 * a subshell, as the login shell runs `~/.bash_logout` when it ends: Debian's own fails without a
 * terminal, which under `set -e` would be the script's failure.
 * @param input what follows the script on standard input is on descriptor 3 for it: of a pipe, a
 * shell reads no byte further than the end of the command (POSIX, sh, "Input files")
 */
export function script(body: string, mark: string, input = false): string {
  return `( set -euo pipefail; trap 'exit 143' TERM; trap 'exit 130' INT
read -r _ _ _ _ group _ 2>/dev/null < /proc/$$/stat || group=$$
printf '%s %s\\n' ${quote(mark)} "$group"
${body}
exit 0 ) ${input ? '3<&0 ' : ''}</dev/null; exit $?
`;
}
