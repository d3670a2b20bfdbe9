import type { DiffLine } from '@slipway/shared/deploy/target';
import { formatReference, InvalidReference, parseReference } from '@slipway/shared/image/reference';
import {
  type CurrentLink,
  currentScript,
  readCurrent,
  readCurrentLink,
} from '../host/current-link.ts';
import { type KeptRelease, keptScript, readKept, rememberScript } from '../host/kept-releases.ts';
import { isReleaseFunction, printedFunction, readPrinted } from '../host/printed.ts';
import { isReleaseId, type ReleaseId } from '../host/release-id.ts';
import { exports, quote } from '../ssh/shell.ts';

/**
 * The folder of a deployment on its host:
 *
 *     releases/<id>/compose.yaml, env, image    one folder a release; env is readable by its user only
 *     releases/<id>/proven                      there once the release has been proven
 *     current -> releases/<id>                  what was switched to last
 *     .slipway/proven                           id of the release that was proven last, to which a rollback leads
 *     .slipway/lock/                            the lock
 *     .slipway/busy                             locked by the script that is changing something now
 */
export interface ComposeRelease {
  composeFile: string;
  /** `name@sha256:…` */
  image: string;
  env: ReadonlyMap<string, string>;
}

/** A release on the host, as far as a plan needs it. */
export interface KnownRelease {
  id: ReleaseId;
  image: string;
  composeHash: string;
  envHash: string;
}

/** What a host has now. */
export interface HostState {
  proven: KnownRelease | undefined;
  /** The release that was switched to last; undefined before the first. */
  current: ReleaseId | undefined;
  link: CurrentLink;
}

/** The environment file of a release, in shell syntax; `IMAGE` is its first line. */
export function envFile({ image, env }: ComposeRelease): string {
  return exports([['IMAGE', image], ...env]);
}

/** SHA-256 in hex, as sha256sum prints it. */
function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').hash('sha256', text, 'hex');
}

/**
 * Prints what {@link readState} reads. Changes nothing. A release that another mode has made is none
 * of ours: all of it is what somebody has committed.
 */
export function stateScript(path: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
${printedFunction}
${isReleaseFunction}
${currentScript}
id=$(head -c 100 .slipway/proven 2>/dev/null) || exit 0
if ! is_release "$id" || [ ! -d "releases/$id" ] || ! ${isOurs}; then exit 0; fi
cd "releases/$id"
printf '%s' "$id" | printed proven
{ cat image || true; } 2>/dev/null | printed image
{ sha256sum <compose.yaml || true; } 2>/dev/null | printed compose
{ tail -n +2 env || true; } 2>/dev/null | sha256sum | printed env`;
}

/** Reads what {@link stateScript} printed. */
export function readState(printed: string): HostState {
  const texts = readPrinted(printed);
  const id = texts.get('proven') ?? '';
  const hash = (word: string) => texts.get(word)?.slice(0, 64) ?? '';
  return {
    current: readCurrent(texts),
    link: readCurrentLink(texts),
    proven: isReleaseId(id)
      ? {
          id,
          image: imageIn(texts.get('image') ?? ''),
          composeHash: hash('compose'),
          envHash: hash('env'),
        }
      : undefined,
  };
}

/** The image that a file names; empty when it names none. */
function imageIn(text: string): string {
  try {
    return formatReference(parseReference(text));
  } catch (error) {
    if (error instanceof InvalidReference) return '';
    throw error;
  }
}

/** What a release would change on a host; empty when nothing. */
export function differences({ proven, current }: HostState, release: ComposeRelease): DiffLine[] {
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
      : [{ what: 'current release', before: current ?? '', after: 'this one' }]),
  ];
}

/** Writes a release; complete under a temporary name first. Runs in the deployment's folder. */
export function writeScript(id: ReleaseId, release: ComposeRelease): string {
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

const provenMark = (id: string) => `releases/${id}/proven`;

// The modes whose releases are files of somebody else say so outside of them.
const isOurs = '[ ! -e ".slipway/releases/$id" ]';

/** Prints what `readKept` reads. Changes nothing. */
export function keptReleasesScript(path: string): string {
  return keptScript(path, {
    proven: `[ -f "${provenMark('$id')}" ] && ${isOurs}`,
    content: 'cat "$folder/compose.yaml" "$folder/env"',
    image: '$folder/image',
  });
}

/** Reads what {@link keptReleasesScript} printed; a release without an image cannot be rolled back to. */
export function keptReleases(printed: string): KeptRelease[] {
  return readKept(printed)
    .map((kept) => ({ ...kept, image: imageIn(kept.image) }))
    .filter(({ image }) => image !== '');
}

/** {@link rememberScript} for mode `compose`, whose mark is in the release. */
export function provenScript(id: ReleaseId, keep: number): string {
  return rememberScript(id, keep, { mark: provenMark, beside: [] });
}

/** Removes a release that was not proven. */
export function discardScript(id: ReleaseId): string {
  return `rm -rf releases/${id} releases/${id}.part`;
}
