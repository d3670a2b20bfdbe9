import { quote } from '../shell.ts';

const magic = '# slipway';

/** Exit code of a shell that got only a part of its script: another program has read the rest. */
const torn = 97;

// A whole script ends with a NUL. Of a pipe, `read` takes no byte further than that.
const waiting = `IFS= read -r -d "" slipway_script || exit 0
case $slipway_script in "${magic}"*) eval "$slipway_script" ;; *) exit ${torn} ;; esac`.replace(
  '\n',
  '; ',
);

// What the profile has exported counts, and nothing else of it: with -p, bash takes over no function
// and no option.
const environment = ['BASH_ENV', 'ENV', 'SHELLOPTS', 'BASHOPTS', 'CDPATH', 'GLOBIGNORE', 'PS4'];
const afterProfile = `exec env ${environment.map((name) => `-u ${name}`).join(' ')} bash --noprofile --norc -p -c "$1" slipway <&3 >&4 2>&5 3<&- 4>&- 5>&-`;

// The profile cannot read the script: it runs without standard input. It may start an agent of its
// own, so the socket that sshd made is kept in a variable of another name.
const beforeProfile =
  'exec 3<&0 4>&1 5>&2 </dev/null; export SLIPWAY_AGENT="$SSH_AUTH_SOCK"; exec bash -lc "$1" bash "$2"';

/**
 * The command that waits for one {@link framedScript} script on standard input, and runs it in a shell that
 * has the environment of a login and nothing else of what a profile does. The user's own shell, which
 * starts it, may be any: between single quotes there is nothing that sh, csh or fish changes.
 */
export const cleanShell = `bash --noprofile --norc -p -c '${beforeProfile}' bash '${afterProfile}' '${waiting}'`;

/**
 * A script for {@link cleanShell}. When it begins, it says so on stderr; when it ends, it says so and
 * with which code on stdout. Both lines begin with the mark, which no other program knows.
 * @param mark letters, digits, dashes and blanks
 */
export function framedScript(script: string, mark: string): string {
  return `${magic}
unset -v slipway_script
if [ -z "$SLIPWAY_AGENT" ]; then unset -v SLIPWAY_AGENT; fi
trap 'printf "%s end %s\\n" "${mark}" "$?"' EXIT
printf '%s\\n' ${quote(mark)} >&2
${script}\0`;
}
