import type { Settings } from '../settings.ts';
import { exports, quote } from '../ssh/shell.ts';
import type { ReleaseId } from './release-id.ts';
import { isUnit } from './units.ts';

/** Scripts and commands of the user; empty for none. */
export interface UserSteps {
  before: string;
  migrate: string;
  /** Milliseconds. */
  migrateTimeout: number;
  restart: readonly string[];
  after: string;
}

/** The steps among all settings; those that make a new release are none of an old one's. */
export function stepsOf(settings: Settings): UserSteps {
  const old = settings.release !== undefined;
  return {
    before: old ? '' : (settings.before ?? ''),
    migrate: old ? '' : (settings.migrate ?? ''),
    migrateTimeout: settings['migrate-timeout'],
    restart: settings.restart ?? [],
    after: settings.after ?? '',
  };
}

/** Where a user's script runs, and with which settings. */
export interface StepPlace {
  /** Folder of the deployment. */
  path: string;
  /** Release whose environment it gets; undefined for what no run of ours has made. */
  id: ReleaseId | undefined;
  /** Folder in which it runs, relative to `path`. */
  folder: string;
  /** Environment file of the release, relative to `path`; undefined for none. */
  envFile: string | undefined;
  /** A file, relative to `path`, that says that the environment file is not ours to read. */
  unlessThere?: string;
  /** More variables: what the script may need to know. */
  variables: ReadonlyArray<readonly [string, string]>;
  /** What the mode has to do first, in `path`. */
  begin?: string;
}

/**
 * A script of the user, with the environment of the release. It stops at the first error. All that
 * it prints comes on stderr, which the log shows. It does not inherit the descriptor by which a
 * deployment's scripts exclude each other, so a program that it leaves in the background holds
 * nothing up.
 */
export function stepScript(place: StepPlace, text: string): string {
  const { path, id, folder, envFile, unlessThere, begin = '' } = place;
  const ours = unlessThere === undefined ? '' : `[ -e ${quote(unlessThere)} ] || `;
  const settings =
    envFile === undefined ? '' : `set -a; ${ours}. ${quote(`./${envFile}`)}; set +a\n`;
  return `cd -- ${quote(path)}
${begin}
(
exec 9>&-
${settings}${exports([['SLIPWAY_RELEASE', id ?? ''], ...place.variables])}cd -- ${quote(folder)}
${text}
) >&2`;
}

/**
 * The lines of `restart`: a systemd unit by its name, or a command.
 * @param byName makes a command of a line of one word, where such a word is more than a command
 */
export function restartScript(
  lines: readonly string[],
  byName: (word: string) => string = (word) => word,
): string {
  return lines
    .map((line) => {
      if (isUnit(line)) {
        return `if [ "$(id -u)" = 0 ]; then systemctl reload-or-restart -- ${line}; else sudo -n systemctl reload-or-restart ${line}; fi`;
      }
      return /^[\w.-]+$/.test(line) ? byName(line) : line;
    })
    .join('\n');
}
