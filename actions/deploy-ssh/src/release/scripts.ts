import { currentScript, readCurrent, rememberScript } from '../compose/releases.ts';
import { envFileText } from '../host/env-file.ts';
import { keptScript } from '../host/kept-releases.ts';
import { isReleaseFunction, printedFunction, readPrinted } from '../host/printed.ts';
import { isReleaseId, type ReleaseId } from '../host/release-id.ts';
import { quote } from '../host/shell.ts';

/**
 * The folder of a deployment in mode `release`:
 *
 *     releases/<id>/            the files of a release, and its `.env`, readable by its user only
 *     current -> releases/<id>  what serves
 *     shared/                   what all releases share; linked into each of them
 *     .slipway/releases/<id>    what was uploaded: the proof of its tree and of its environment
 *     .slipway/sums/<id>        the SHA-256 of each of its files, for the next upload
 *     .slipway/kept/<id>        there once the release has been proven
 *     .slipway/proven           id of the release that was proven last: the way back
 */
export interface KnownTree {
  id: ReleaseId;
  /** `<proof of the tree> <digest of the environment>` */
  content: string;
}

const keptMark = (id: string) => `.slipway/kept/${id}`;

/** Prints what {@link readTreeState} reads. Changes nothing. */
export function treeStateScript(path: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
${printedFunction}
${isReleaseFunction}
${currentScript}
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
} {
  const texts = readPrinted(printed);
  const id = texts.get('proven') ?? '';
  return {
    current: readCurrent(texts),
    proven: isReleaseId(id) ? { id, content: texts.get('content') ?? '' } : undefined,
  };
}

/**
 * Gives an uploaded release its environment and the links to what all releases share. A shared path
 * that ends in a slash is a folder and is made; a shared file has to be there, before anything is
 * switched. Runs in the deployment's folder.
 *
 * The release may hold any file and any link: nothing is written to a name in it. What it gets is made
 * elsewhere and renamed to its place, which follows no link; a shared path behind a link is refused.
 */
export function dressScript(id: ReleaseId, { env, shared, content }: DressFacts): string {
  const links = shared.map((item) => {
    const name = item.replace(/\/$/, '');
    const [at, target] = [quote(`releases/${id}/${name}`), quote(`shared/${name}`)];
    const there = item.endsWith('/')
      ? `mkdir -p -- ${target}`
      : `[ -e ${target} ] || { printf 'shared/%s is not there; put it there once\\n' ${quote(name)} >&2; exit 1; }`;
    const up = '../'.repeat(name.split('/').length + 1);
    return `${there}
${behindLink(id, name)}
mkdir -p -- "$(dirname -- ${at})"
rm -rf -- ${at}
ln -s -- ${quote(`${up}shared/${name}`)} ${at}`;
  });
  return `${links.join('\n')}
rm -f .slipway/env.part
(umask 077; set -C; printf '%s' ${quote(envFileText(env))} > .slipway/env.part)
mv -T .slipway/env.part releases/${id}/.env
mkdir -p .slipway/releases
printf '%s\\n' ${quote(content)} > .slipway/releases/${id}`;
}

/** Refuses a shared path one of whose folders is a link in the release. */
function behindLink(id: ReleaseId, name: string): string {
  const parts = name.split('/').slice(0, -1);
  const above = parts.map((_, index) =>
    quote(`releases/${id}/${parts.slice(0, index + 1).join('/')}`),
  );
  if (above.length === 0) return ':';
  return `for above in ${above.join(' ')}; do
  if [ -L "$above" ]; then printf '%s is a link; the shared path %s cannot lie behind it\\n' "$above" ${quote(name)} >&2; exit 1; fi
done`;
}

/** What a release gets beside its files. */
export interface DressFacts {
  env: ReadonlyMap<string, string>;
  /** Paths below `shared/`; a folder ends in a slash. */
  shared: readonly string[];
  /** As in {@link KnownTree}. */
  content: string;
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
    beside: ['.slipway/releases', '.slipway/kept'],
  };
  return `mkdir -p .slipway/kept\n${rememberScript(id, keep, traces)}`;
}

/** Removes a release that does not serve. Runs in the deployment's folder. */
export function dropScript(id: ReleaseId): string {
  return `if [ "$(readlink current 2>/dev/null)" != releases/${id} ]; then
  rm -rf releases/${id} releases/${id}.part .slipway/releases/${id}
fi`;
}
