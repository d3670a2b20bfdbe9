import { envFileText } from '../host/env-file.ts';
import type { ReleaseId } from '../host/release-id.ts';
import { quote } from '../ssh/shell.ts';

/** What a release gets beside its files. */
export interface DressFacts {
  env: ReadonlyMap<string, string>;
  /** Paths below `shared/`; a folder ends in a slash. */
  shared: readonly string[];
  /** As in `KnownTree`. */
  content: string;
  /** Of the host, for digests of environments. */
  key: string;
}

/**
 * The mark of a release whose `.env` came with its files or is a shared one: its text is not ours,
 * so no shell may read it.
 */
export const foreignEnvMark = (id: ReleaseId) => `.slipway/foreign-env/${id}`;

/**
 * Gives a release its environment and the links to what all releases share. A shared path that ends
 * in a slash is a folder and is made; a shared file has to be there, before anything is switched.
 * Runs in the deployment's folder.
 *
 * What lies below `shared/` is never removed, whatever the paths and whatever links the release
 * brings: a path is replaced only where its real folder is the release's own.
 */
export function dressScript(id: ReleaseId, { env, shared, content, key }: DressFacts): string {
  return `base=$(pwd -P)
release=$base/releases/${id}
${shared.length > 0 ? linkFunction : ''}
${shared.map((item) => linkCall(item)).join('\n')}
mkdir -p .slipway/releases .slipway/foreign-env
${env.size > 0 ? ownEnv(id, env) : anyEnv(id)}
rm -f .slipway/key.part
(umask 077; set -C; printf '%s\\n' ${quote(key)} > .slipway/key.part)
mv -T .slipway/key.part .slipway/key
printf '%s\\n' ${quote(content)} > .slipway/releases/${id}`;
}

// The release's own copy goes only once it is sure to be that. \`cd -P\` says where a folder really
// is: behind a link, of an earlier path or of the release itself, it is another one.
const linkFunction = `share() {
  at=$1 above=$2 name=$3 target=$4 folder=$release
  while [ -n "$above" ]; do
    folder=$folder/\${above%%/*}
    case $above in */*) above=\${above#*/} ;; *) above= ;; esac
    if [ ! -L "$folder" ] && [ ! -e "$folder" ]; then mkdir -- "$folder"; fi
    if [ -L "$folder" ]; then
      printf '%s is a link; the shared path %s cannot lie behind it\\n' "\${folder#"$base"/}" "$at" >&2
      exit 1
    fi
    if [ ! -d "$folder" ] || [ "$(cd -P -- "$folder" && pwd -P)" != "$folder" ]; then
      printf 'shared/%s cannot be linked: %s is no folder of the release itself\\n' "$at" "\${folder#"$base"/}" >&2
      exit 1
    fi
  done
  rm -rf -- "\${folder:?}/\${name:?}"
  ln -s -- "$target" "$folder/$name"
}`;

function linkCall(item: string): string {
  const path = item.replace(/\/$/, '');
  const target = quote(`shared/${path}`);
  const parts = path.split('/');
  const up = '../'.repeat(parts.length + 1);
  const words = [path, parts.slice(0, -1).join('/'), parts.at(-1) ?? '', `${up}shared/${path}`];
  const there = item.endsWith('/')
    ? `mkdir -p -- ${target}`
    : `[ -e ${target} ] || { printf 'shared/%s is not there; put it there once\\n' ${quote(path)} >&2; exit 1; }`;
  return `${there}\nshare ${words.map(quote).join(' ')}`;
}

function ownEnv(id: ReleaseId, env: DressFacts['env']): string {
  return `if [ -e releases/${id}/.env ] || [ -L releases/${id}/.env ]; then
  echo 'the release brings a .env, which inputs env and secrets would replace: leave it out of what is deployed, or leave these inputs empty' >&2
  exit 1
fi
${newEnv(id, envFileText(env))}`;
}

// Without an environment of ours, the one that came with the files stays; else there is an empty one,
// which services can rely on.
function anyEnv(id: ReleaseId): string {
  return `if [ -e releases/${id}/.env ] || [ -L releases/${id}/.env ]; then
  : > ${foreignEnvMark(id)}
else
  ${newEnv(id, '')}
fi`;
}

// Made where the release's content has no say.
function newEnv(id: ReleaseId, text: string): string {
  return `rm -f .slipway/env.part
(umask 077; set -C; printf '%s' ${quote(text)} > .slipway/env.part)
mv -T .slipway/env.part releases/${id}/.env`;
}
