import { Failure } from '@slipway/shared/failure/failure';
import type { HostAddress } from '../ssh/address.ts';
import { quote } from '../ssh/shell.ts';
import { decoded, isReleaseFunction } from './printed.ts';
import { isReleaseId, type ReleaseId, releasePattern } from './release-id.ts';

/** Inputs that make a new release, and mean nothing to an old one. */
export const ofNewReleases = [
  'source',
  'commit',
  'image',
  'env',
  'secrets',
  'shared',
  'before',
  'migrate',
  'expect',
] as const;

/** A release on a host that has been proven once. */
export interface KeptRelease {
  id: ReleaseId;
  /** As its file says; empty where a deployment has no image. */
  image: string;
  /** The same for releases that are the same. */
  content: string;
}

/** How a mode tells its releases; each text is a part of a script, for the name in `$id`. */
export interface KeptScripts {
  /** Condition that is true of a release that has been proven. */
  proven: string;
  /** Command that prints what is the same for releases that are the same. */
  content: string;
  /** File with the image; undefined in a mode whose releases are the files of somebody else. */
  image?: string;
}

/**
 * Prints a line for each release that has been proven, the oldest first. Changes nothing. The image
 * is spelled in base64, so that a text in its file cannot pass for a line of this script.
 * @param path folder of the deployment
 */
export function keptScript(path: string, { proven, content, image }: KeptScripts): string {
  const printImage = image ? `head -c 1024 "${image}" 2>/dev/null | base64 | tr -d '\\n'` : ':';
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
${isReleaseFunction}
for folder in releases/*; do
  id=\${folder##*/}
  if is_release "$id" && [ -d "$folder" ] && [ ! -L "$folder" ] && ${proven}; then
    printf 'kept %s %s %s\\n' "$id" "$(${content} | sha256sum | cut -c 1-64)" "$(${printImage})"
  fi
done`;
}

/** Reads the lines of {@link keptScript} among what was printed. */
export function readKept(printed: string): KeptRelease[] {
  return [...printed.matchAll(/^kept (\S+) ([0-9a-f]{64}) ([A-Za-z0-9+/]*={0,2})$/gm)].flatMap(
    ([, id = '', content = '', image = '']) =>
      isReleaseId(id) ? [{ id, content, image: decoded(image) }] : [],
  );
}

/**
 * The release that a rollback by hand starts.
 * @param wanted its name, or `previous` for the one that was proven last before the current one, and
 *   is not the same under another name, as a job that is run twice leaves it
 * @param current the release that was switched to last; undefined where there is none of ours
 * @throws Failure `ssh/no-release`
 */
export function releaseToRollBackTo(
  wanted: ReleaseId | 'previous',
  current: ReleaseId | undefined,
  kept: readonly KeptRelease[],
  { host }: HostAddress,
): KeptRelease {
  const now = kept.find(({ id }) => id === current);
  const found =
    wanted === 'previous'
      ? kept.findLast(
          ({ id, content }) => current !== undefined && id < current && content !== now?.content,
        )
      : kept.find(({ id }) => id === wanted);
  if (found) return found;
  const names = kept.map(({ id }) => (id === current ? `${id} (current)` : id));
  throw Failure.of('ssh/no-release', { host, wanted, kept: names.join(', ') || 'none' });
}

/** Where a mode marks a release as proven, and what else it keeps of one. */
export interface ReleaseMarks {
  /** Path of the mark, for the name of a release or a shell variable that holds it. */
  mark(id: string): string;
  /** Folders beside `releases` with an entry for each release. */
  beside: readonly string[];
}

/**
 * Remembers the current release as proven and removes the oldest ones beyond `keep`; one that was
 * never proven takes no slot. Only folders whose names we gave are looked at.
 */
export function rememberScript(
  id: ReleaseId,
  keep: number,
  { mark, beside }: ReleaseMarks,
): string {
  const gone = ['releases', ...beside].map((folder) => `"${folder}/$folder"`).join(' ');
  return `: > ${mark(id)}
printf '%s\\n' ${id} > .slipway/proven.part
mv .slipway/proven.part .slipway/proven
kept=1
for folder in $(ls -1 releases | grep -E '^${releasePattern}(\\.part)?$' | LC_ALL=C sort -r); do
  [ "$folder" != ${id} ] || continue
  if [ -f "${mark('$folder')}" ] && [ "$kept" -lt ${keep} ]; then kept=$((kept + 1)); continue; fi
  printf '%s\\0' ${gone}
done | xargs -0r rm -rf`;
}
