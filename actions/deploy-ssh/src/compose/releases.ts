import type { DiffLine } from '@slipway/shared/deploy/target';
import { keptScript } from '../host/kept-releases.ts';
import { exports, quote } from '../host/shell.ts';

/**
 * The folder of a deployment on its host:
 *
 *     releases/<id>/compose.yaml, env, image    one folder a release; env is readable by its user only
 *     releases/<id>/proven                      there once the release has been proven
 *     current -> releases/<id>                  what was switched to last
 *     .slipway/proven                           id of the release that was proven last: the way back
 *     .slipway/lock/                            the lock
 *     .slipway/busy                             locked by the script that is changing something now
 */
export interface Release {
  composeFile: string;
  /** `name@sha256:…` */
  image: string;
  env: ReadonlyMap<string, string>;
}

/** A release on the host, as far as a plan needs it. */
export interface KnownRelease {
  id: string;
  image: string;
  composeHash: string;
  envHash: string;
}

/** What a host has now. */
export interface HostState {
  proven: KnownRelease | undefined;
  /** Id of the release that was switched to last; empty before the first. */
  current: string;
}

/** A release's name: the UTC time to the millisecond and the start of the commit; sorts by age. */
export function releaseId(now: number, commit: string): string {
  const time = new Date(now)
    .toISOString()
    .replace(/[-:.Z]/g, '')
    .replace('T', '-');
  return /^[0-9a-f]{7}/.test(commit) ? `${time}-${commit.slice(0, 7)}` : time;
}

/** The environment file of a release, in shell syntax; `IMAGE` is its first line. */
export function envFile({ image, env }: Release): string {
  return exports([['IMAGE', image], ...env]);
}

/** SHA-256 in hex, as sha256sum prints it. */
function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'hex');
}

/** Prints what {@link readState} reads. Changes nothing. */
export function stateScript(path: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
if [ -L current ]; then printf 'current %s\\n' "$(basename "$(readlink current)")"; fi
proven=$(cat .slipway/proven 2>/dev/null) || exit 0
[ -d "releases/$proven" ] || exit 0
cd "releases/$proven"
printf 'proven %s\\nimage %s\\n' "$proven" "$(cat image)"
printf 'compose %s\\n' "$(sha256sum < compose.yaml | cut -d ' ' -f 1)"
printf 'env %s\\n' "$(tail -n +2 env | sha256sum | cut -d ' ' -f 1)"`;
}

/** Reads what {@link stateScript} printed. */
export function readState(printed: string): HostState {
  const facts = new Map(
    printed
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const blank = line.indexOf(' ');
        return [line.slice(0, blank), line.slice(blank + 1)];
      }),
  );
  const id = facts.get('proven');
  return {
    current: facts.get('current') ?? '',
    proven: id
      ? {
          id,
          image: facts.get('image') ?? '',
          composeHash: facts.get('compose') ?? '',
          envHash: facts.get('env') ?? '',
        }
      : undefined,
  };
}

/** What a release would change on a host; empty when nothing. */
export function differences({ proven, current }: HostState, release: Release): DiffLine[] {
  if (!proven) return [{ what: 'image', before: '', after: release.image }];
  const changed = (what: string, before: string, after: string): DiffLine[] =>
    before === after ? [] : [{ what, before: '', after: 'changed' }];
  return [
    ...(proven.image === release.image
      ? []
      : [{ what: 'image', before: proven.image, after: release.image }]),
    ...changed('Compose file', proven.composeHash, sha256(release.composeFile)),
    ...changed('environment', proven.envHash, sha256(exports(release.env))),
    // A run that died in its switch leaves another release there than the proven one.
    ...(current === proven.id
      ? []
      : [{ what: 'current release', before: current, after: 'this one' }]),
  ];
}

/** Writes a release; complete under a temporary name first. Runs in the deployment's folder. */
export function writeScript(id: string, release: Release): string {
  return `umask 077
mkdir -p releases
mkdir releases/${id}.part
cd releases/${id}.part
printf '%s' ${quote(release.composeFile)} > compose.yaml
printf '%s' ${quote(envFile(release))} > env
printf '%s\\n' ${quote(release.image)} > image
cd ../..
mv -T releases/${id}.part releases/${id}`;
}

/** Points `current` at a release, atomically. Runs in the deployment's folder. */
export function switchScript(id: string): string {
  return `ln -sfn releases/${id} .slipway/next
mv -T .slipway/next current`;
}

/** Where a mode marks a release as proven, and what else it keeps of one. */
export interface Traces {
  /** Path of the mark, for the name of a release or a shell variable that holds it. */
  mark(id: string): string;
  /** Folders beside `releases` with an entry for each release. */
  beside: readonly string[];
}

/**
 * Remembers the current release as proven and removes the oldest ones beyond `keep`; one that was
 * never proven takes no slot. Only folders whose names we gave are looked at.
 */
export function rememberScript(id: string, keep: number, { mark, beside }: Traces): string {
  const gone = ['releases', ...beside].map((folder) => `"${folder}/$folder"`).join(' ');
  return `: > ${mark(id)}
printf '%s\\n' ${id} > .slipway/proven.part
mv .slipway/proven.part .slipway/proven
kept=1
for folder in $(ls -1 releases | grep -E '^[0-9]{8}-[0-9]{9}(-[0-9a-f]{7})?(\\.part)?$' | LC_ALL=C sort -r); do
  [ "$folder" != ${id} ] || continue
  if [ -f "${mark('$folder')}" ] && [ "$kept" -lt ${keep} ]; then kept=$((kept + 1)); continue; fi
  printf '%s\\0' ${gone}
done | xargs -0r rm -rf`;
}

const provenMark = (id: string) => `releases/${id}/proven`;

/** Prints what `readKept` reads. Changes nothing. */
export function keptReleasesScript(path: string): string {
  return keptScript(path, provenMark, 'cat "$folder/compose.yaml" "$folder/env"');
}

/** {@link rememberScript} for mode `compose`, whose mark is in the release. */
export function provenScript(id: string, keep: number): string {
  return rememberScript(id, keep, { mark: provenMark, beside: [] });
}

/** Removes a release that was not proven. */
export function discardScript(id: string): string {
  return `rm -rf releases/${id} releases/${id}.part`;
}
