import { exports, quote } from './shell.ts';

/** Where a user's script runs, and with which settings. */
export interface StepPlace {
  /** Folder of the deployment. */
  path: string;
  /** Release whose environment it gets. */
  id: string;
  /** Folder in which it runs, relative to `path`. */
  folder: string;
  /** Environment file of the release, relative to `path`. */
  envFile: string;
  /** More variables: what the script may need to know. */
  variables: ReadonlyArray<readonly [string, string]>;
}

/**
 * A script of the user, with the environment of the release. It stops at the first error. It does
 * not inherit the descriptor by which a deployment's scripts exclude each other, so a program that
 * it leaves in the background holds nothing up.
 */
export function stepScript(place: StepPlace, text: string): string {
  const { path, id, folder, envFile } = place;
  return `cd -- ${quote(path)}
(
exec 9>&-
set -a; . ${quote(`./${envFile}`)}; set +a
${exports([['SLIPWAY_RELEASE', id], ...place.variables])}cd -- ${quote(folder)}
${text}
)`;
}

/** A line of `restart`: a systemd unit by its name, or a command. */
export function restartScript(lines: readonly string[]): string {
  return lines
    .map((line) =>
      /^[\w@.:-]+\.service$/.test(line)
        ? `if [ "$(id -u)" = 0 ]; then systemctl reload-or-restart -- ${line}; else sudo -n systemctl reload-or-restart ${line}; fi`
        : line,
    )
    .join('\n');
}

/** Names of the systemd units among the lines of `restart`. */
export function unitsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => /^[\w@.:-]+\.service$/.test(line));
}
