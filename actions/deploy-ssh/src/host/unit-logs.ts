import type { Evidence } from '@slipway/shared/deploy/target';
import type { Host } from '../ssh/host.ts';
import { quote } from '../ssh/shell.ts';
import { readLogs } from './logs.ts';
import { isUnit } from './units.ts';

/** Lines of systemd, and of the app: with the state of the unit all that is shown. */
const most = { ofSystemd: 4, ofApp: 20 };

/**
 * The last log lines of the systemd units among the lines of `restart`, and of their parts: units
 * with `PartOf=`, such as instances. `systemctl status` alone does not do: it knows only the last
 * start of a unit, which systemd may have tried again, and says more of systemd than of the app. So the
 * state comes first, then systemd, then the app.
 * @param sinceMs how long ago the units were switched: what is older is of the version before
 */
export function unitLogs(
  host: Host,
  lines: readonly string[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<Evidence> {
  const seconds = Math.ceil(sinceMs / 1_000);
  const sources = lines
    .filter(isUnit)
    .map((name) => ({ name, command: `{\n${logScript(quote(name), seconds)}\n}` }));
  return readLogs(host, 'reading the logs of units', sources, signal);
}

/**
 * Prints the state and the last log lines of one unit and its parts.
 * @param name a unit, quoted for the shell
 * @param seconds how far back it looks
 */
// Matches of one field are alternatives. The names of parts come from systemd, which splits them by
// blanks. With --since, --lines would be the first lines and not the last.
export function logScript(name: string, seconds: number): string {
  const read = `journalctl --no-pager --since=-${seconds}s`;
  return `systemctl status --no-pager --lines=0 -- ${name} || true
units="$(systemctl show --property=ConsistsOf --value -- ${name} || true)"
said=() did=()
for unit in ${name} $units; do said+=("UNIT=$unit") did+=("_SYSTEMD_UNIT=$unit"); done
${read} --quiet _PID=1 "\${said[@]}" | tail -n ${most.ofSystemd}
${read} "\${did[@]}" | tail -n ${most.ofApp}`;
}
