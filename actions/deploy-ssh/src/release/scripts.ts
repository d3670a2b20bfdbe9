import { rememberScript } from '../compose/releases.ts';
import { envFileText } from '../host/env-file.ts';
import { keptScript } from '../host/kept-releases.ts';
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
  id: string;
  /** `<proof of the tree> <digest of the environment>` */
  content: string;
}

const keptMark = (id: string) => `.slipway/kept/${id}`;

/** Prints what {@link readTreeState} reads. Changes nothing. */
export function treeStateScript(path: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
if [ -L current ]; then printf 'current %s\\n' "$(basename "$(readlink current)")"; fi
proven=$(cat .slipway/proven 2>/dev/null) || exit 0
[ -d "releases/$proven" ] || exit 0
printf 'proven %s\\n' "$proven"
printf 'content %s\\n' "$(cat ".slipway/releases/$proven" 2>/dev/null || echo unknown)"`;
}

/** Reads what {@link treeStateScript} printed. */
export function readTreeState(printed: string): { current: string; proven: KnownTree | undefined } {
  const said = (word: string) => new RegExp(`^${word} (.*)$`, 'm').exec(printed)?.[1] ?? '';
  const id = said('proven');
  return { current: said('current'), proven: id ? { id, content: said('content') } : undefined };
}

/**
 * Gives an uploaded release its environment and the links to what all releases share. A shared path
 * that ends in a slash is a folder and is made; a shared file has to be there, before anything is
 * switched. Runs in the deployment's folder.
 */
export function dressScript(id: string, { env, shared, content }: DressFacts): string {
  const links = shared.map((item) => {
    const name = item.replace(/\/$/, '');
    const [at, target] = [quote(`releases/${id}/${name}`), quote(`shared/${name}`)];
    const there = item.endsWith('/')
      ? `mkdir -p -- ${target}`
      : `[ -e ${target} ] || { printf 'shared/%s is not there; put it there once\\n' ${quote(name)} >&2; exit 1; }`;
    const up = '../'.repeat(name.split('/').length + 1);
    return `${there}
mkdir -p -- "$(dirname -- ${at})"
rm -rf -- ${at}
ln -s -- ${quote(`${up}shared/${name}`)} ${at}`;
  });
  return `${links.join('\n')}
(umask 077; printf '%s' ${quote(envFileText(env))} > releases/${id}/.env.part)
mv -T releases/${id}/.env.part releases/${id}/.env
mkdir -p .slipway/releases
printf '%s\\n' ${quote(content)} > .slipway/releases/${id}`;
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
  return keptScript(path, keptMark, 'cat ".slipway/releases/$id"');
}

/** `rememberScript` for mode `release`, whose mark is outside of the files. */
export function keepScript(id: string, keep: number): string {
  const traces = {
    mark: keptMark,
    beside: ['.slipway/releases', '.slipway/kept'],
  };
  return `mkdir -p .slipway/kept\n${rememberScript(id, keep, traces)}`;
}

/** Removes a release that does not serve. Runs in the deployment's folder. */
export function dropScript(id: string): string {
  return `if [ "$(readlink current 2>/dev/null)" != releases/${id} ]; then
  rm -rf releases/${id} releases/${id}.part .slipway/releases/${id}
fi`;
}
