import {
  type CurrentLink,
  currentScript,
  readCurrent,
  readCurrentLink,
} from '../host/current-link.ts';
import { keptScript, rememberScript } from '../host/kept-releases.ts';
import { isReleaseFunction, printedFunction, readPrinted } from '../host/printed.ts';
import { isReleaseId, type ReleaseId } from '../host/release-id.ts';
import { quote } from '../ssh/shell.ts';
import { isKey } from './environment-digest.ts';

/**
 * The folder of a deployment in mode `release`:
 *
 *     releases/<id>/            the files of a release, and its `.env`, readable by its user only
 *     current -> releases/<id>  what serves
 *     shared/                   what all releases share; linked into each of them
 *     .slipway/releases/<id>    what was uploaded: the digests of its tree and of its environment
 *     .slipway/key              what digests of environments are made with
 *     .slipway/sums/<id>        the SHA-256 of each of its files, for the next upload
 *     .slipway/foreign-env/<id> there when its `.env` is not ours
 *     .slipway/kept/<id>        there once the release has been proven
 *     .slipway/proven           id of the release that was proven last, to which a rollback leads
 */
export interface KnownTree {
  id: ReleaseId;
  /** `<digest of the tree> <digest of the environment>` */
  content: string;
}

const keptMark = (id: string) => `.slipway/kept/${id}`;

/** Prints what {@link readTreeState} reads. Changes nothing. */
export function treeStateScript(path: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
${printedFunction}
${isReleaseFunction}
${currentScript}
if [ -f .slipway/key ]; then printed key <.slipway/key; fi
id=$(head -c 100 .slipway/proven 2>/dev/null) || exit 0
if ! is_release "$id" || [ ! -d "releases/$id" ]; then exit 0; fi
printf '%s' "$id" | printed proven
if [ -f ".slipway/releases/$id" ]; then printed content <".slipway/releases/$id"; fi`;
}

/** Reads what {@link treeStateScript} printed. */
export function readTreeState(printed: string): {
  /** The release that was switched to last; undefined where there is none of ours. */
  current: ReleaseId | undefined;
  proven: KnownTree | undefined;
  /** Of the host, for digests of environments; undefined where it has none yet. */
  key: string | undefined;
  link: CurrentLink;
} {
  const texts = readPrinted(printed);
  const id = texts.get('proven') ?? '';
  const key = texts.get('key') ?? '';
  return {
    key: isKey(key) ? key : undefined,
    current: readCurrent(texts),
    link: readCurrentLink(texts),
    proven: isReleaseId(id) ? { id, content: texts.get('content') ?? '' } : undefined,
  };
}

/** Prints what `readKept` reads. Changes nothing. */
export function keptTreesScript(path: string): string {
  return keptScript(path, {
    proven: `[ -f "${keptMark('$id')}" ] && [ -f ".slipway/releases/$id" ]`,
    content: 'cat ".slipway/releases/$id"',
  });
}

/** `rememberScript` for mode `release`, whose mark is outside of the files. */
export function keepScript(id: ReleaseId, keep: number): string {
  const traces = {
    mark: keptMark,
    beside: ['.slipway/releases', '.slipway/kept', '.slipway/foreign-env'],
  };
  return `mkdir -p .slipway/kept\n${rememberScript(id, keep, traces)}`;
}

/** Removes a release that does not serve. Runs in the deployment's folder. */
export function dropScript(id: ReleaseId): string {
  return `if [ "$(readlink current 2>/dev/null)" != releases/${id} ]; then
  rm -rf releases/${id} releases/${id}.part .slipway/releases/${id} .slipway/foreign-env/${id}
fi`;
}
