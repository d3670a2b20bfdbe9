import { Failure } from '@slipway/shared/failure/failure';
import type { HostAddress } from './address.ts';
import { quote } from './shell.ts';

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
  id: string;
  /** `name@sha256:…`; empty where a deployment has no image. */
  image: string;
  /** The same for releases that are the same. */
  content: string;
}

/**
 * Prints a line for each release that has been proven, the oldest first. Changes nothing.
 * @param path folder of the deployment
 * @param mark path of the mark of a proven release, for a shell variable that holds its name
 * @param content command that prints what is the same for releases that are the same, for `$id`
 */
export function keptScript(path: string, mark: (id: string) => string, content: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
for folder in releases/*; do
  id=\${folder##*/}
  if [ -d "$folder" ] && [ -f "${mark('$id')}" ]; then
    printf 'kept %s %s %s\\n' "$id" "$(${content} | sha256sum | cut -c 1-64)" "$(cat "$folder/image" 2>/dev/null || true)"
  fi
done`;
}

/** Reads the lines of {@link keptScript} among what was printed. */
export function readKept(printed: string): KeptRelease[] {
  return [...printed.matchAll(/^kept (\S+) (\S+) (.*)$/gm)].map(
    ([, id = '', content = '', image = '']) => ({ id, content, image }),
  );
}

/**
 * The release to go back to.
 * @param wanted its name, or `previous` for the one that was proven last before the current one, and
 *   is not the same under another name, as a job that is run twice leaves it
 * @param current name of the release that was switched to last
 * @throws Failure `ssh/no-release`
 */
export function releaseToGoBackTo(
  wanted: string,
  current: string,
  kept: readonly KeptRelease[],
  { host }: HostAddress,
): KeptRelease {
  const now = kept.find(({ id }) => id === current);
  const found =
    wanted === 'previous'
      ? kept.findLast(({ id, content }) => id < current && content !== now?.content)
      : kept.find(({ id }) => id === wanted);
  if (found) return found;
  const names = kept.map(({ id }) => (id === current ? `${id} (current)` : id));
  throw Failure.of('ssh/no-release', { host, wanted, kept: names.join(', ') || 'none' });
}
