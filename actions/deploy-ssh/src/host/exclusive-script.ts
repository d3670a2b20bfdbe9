import { quote } from '../ssh/shell.ts';

/**
 * Makes a script the only one that changes the deployment. One that a lost connection left behind
 * is ended first: it is ours, as we hold the lock. Its lock lasts as long as any process of it.
 *
 * Only a process of this user that holds the file open now is ended: a process id kept in a file may
 * belong to another program by now.
 * @param patience seconds for the other one to end in peace
 */
export function exclusiveScript(path: string, body: string, patience = 30): string {
  return `cd -- ${quote(path)}
if command -v flock >/dev/null; then
  exec 9>>.slipway/busy
  if ! flock -n 9; then
    holders() {
      for process in /proc/[0-9]*; do
        if [ -O "$process" ] && [ "$process/fd/9" -ef .slipway/busy ]; then
          facts=$(cat "$process/stat" 2>/dev/null) || continue
          read -r _ _ other _ <<<"\${facts##*) }"
          if [ "$other" -gt 1 ] && [ "$other" != "$group" ]; then echo "$other"; fi
        fi
      done | sort -u
    }
    free=
    for signal in TERM KILL; do
      for other in $(holders); do kill -"$signal" -- "-$other" 2>/dev/null || true; done
      ticks=${patience * 10}
      while [ -z "$free" ] && [ "$ticks" -gt 0 ]; do
        if flock -n 9; then free=yes; else ticks=$((ticks - 1)); sleep 0.1; fi
      done
      if [ -n "$free" ]; then break; fi
    done
    if [ -z "$free" ]; then
      printf '%s/.slipway/busy is held by a process that is no script of this user\\n' ${quote(path)} >&2
      exit 1
    fi
  fi
fi
${body}`;
}
