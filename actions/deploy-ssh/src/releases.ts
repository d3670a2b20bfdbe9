import { exports, quote } from './shell.ts';

/**
 * The folder of a deployment on its host:
 *
 *     releases/<id>/compose.yaml, env, image    one folder a release; env is readable by its user only
 *     current -> releases/<id>                  what was switched to last
 *     .slipway/proven                           id of the release that was proven last: the way back
 *     .slipway/lock/                            the lock
 */
export interface Release {
  id: string;
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
  /** `linux/amd64`; empty when the engine did not say. */
  platform: string;
  proven: KnownRelease | undefined;
  current: string;
}

/** A release's name: the UTC time and the start of the commit; sorts by age. */
export function releaseId(now: number, commit: string): string {
  const time = new Date(now)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\..*/, '')
    .replace('T', '-');
  return commit ? `${time}-${commit.slice(0, 7)}` : time;
}

/** The environment file of a release, in shell syntax, `IMAGE` first. */
export function envFile(release: Release): string {
  return exports([['IMAGE', release.image], ...release.env]);
}

/** SHA-256 in hex, as sha256sum prints it. */
export function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'hex');
}

/** Prints what {@link readState} reads. Changes nothing. */
export function stateScript(path: string): string {
  return `command -v docker >/dev/null || { echo 'missing Docker'; exit 0; }
platform=$(docker version --format '{{.Server.Os}}/{{.Server.Arch}}' 2>/dev/null) || { echo 'missing a Docker engine that answers this user'; exit 0; }
docker compose version >/dev/null 2>&1 || { echo 'missing the Compose plugin of Docker'; exit 0; }
printf 'platform %s\\n' "$platform"
cd -- ${quote(path)} 2>/dev/null || exit 0
if [ -L current ]; then printf 'current %s\\n' "$(basename "$(readlink current)")"; fi
proven=$(cat .slipway/proven 2>/dev/null) || exit 0
[ -d "releases/$proven" ] || exit 0
printf 'proven %s\\nimage %s\\n' "$proven" "$(cat "releases/$proven/image")"
printf 'compose %s\\n' "$(sha256sum < "releases/$proven/compose.yaml" | cut -d ' ' -f 1)"
printf 'env %s\\n' "$(sha256sum < "releases/$proven/env" | cut -d ' ' -f 1)"`;
}

/** Reads what {@link stateScript} printed; `missing` names what the host lacks. */
export function readState(printed: string): HostState | { missing: string } {
  const facts = new Map(
    printed
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const blank = line.indexOf(' ');
        return [line.slice(0, blank), line.slice(blank + 1)];
      }),
  );
  const missing = facts.get('missing');
  if (missing !== undefined) return { missing };
  const id = facts.get('proven');
  return {
    platform: facts.get('platform') ?? '',
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

/** Writes a release; complete under a temporary name first. */
export function writeScript(path: string, release: Release): string {
  const folder = `releases/${release.id}`;
  return `umask 077
cd -- ${quote(path)}
mkdir -p releases
rm -rf ${quote(`${folder}.part`)} ${quote(folder)}
mkdir ${quote(`${folder}.part`)}
cd ${quote(`${folder}.part`)}
printf '%s' ${quote(release.composeFile)} > compose.yaml
printf '%s' ${quote(envFile(release))} > env
printf '%s\\n' ${quote(release.image)} > image
cd ../..
mv ${quote(`${folder}.part`)} ${quote(folder)}`;
}

/** Points `current` at a release, atomically. */
export function switchScript(path: string, id: string): string {
  return `cd -- ${quote(path)}
ln -sfn ${quote(`releases/${id}`)} .slipway/next
mv -T .slipway/next current`;
}

/** Remembers a release as proven and removes the oldest ones beyond `keep`, never this or the current one. */
export function provenScript(path: string, id: string, keep: number): string {
  return `cd -- ${quote(path)}
printf '%s\\n' ${quote(id)} > .slipway/proven.part
mv .slipway/proven.part .slipway/proven
: > ${quote(`releases/${id}/proven`)}
${pruneScript(id, keep)}`;
}

/** Removes a release that was not proven. */
export function discardScript(path: string, id: string): string {
  return `cd -- ${quote(path)}
rm -rf ${quote(`releases/${id}`)} ${quote(`releases/${id}.part`)}`;
}

// Only folders whose names we gave are looked at; a release that was never proven takes no slot.
function pruneScript(id: string, keep: number): string {
  return `current=$(basename "$(readlink current)")
kept=0
for folder in $(ls -1 releases | grep -E '^[0-9]{8}-[0-9]{6}(-[0-9a-f]{7})?$' | sort -r); do
  if [ "$folder" = ${quote(id)} ] || [ "$folder" = "$current" ]; then kept=$((kept + 1)); continue; fi
  if [ -f "releases/$folder/proven" ] && [ "$kept" -lt ${keep} ]; then kept=$((kept + 1)); continue; fi
  rm -rf "releases/$folder"
done`;
}
