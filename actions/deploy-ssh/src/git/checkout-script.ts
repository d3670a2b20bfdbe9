import { quote } from '../ssh/shell.ts';
import { mirrorName, mirrors, plainGit, refOf, type WantedCommit } from './fetch-script.ts';

/** A commit, and the folder of the release that it goes to; empty for the release itself. */
export interface ReleasePart extends WantedCommit {
  folder: string;
}

/**
 * The script that makes `releases/<id>` from commits that are in their mirrors; a part comes after
 * the one that it lies in. It prints what {@link readCheckout} reads.
 *
 * Everything is put together in `releases/<id>.part`, which gets its name when it is complete. On any
 * other way out nothing of it stays. Files come as git checks them out without any setting of the
 * host's own: end-of-line attributes count, filters such as LFS do not, `export-ignore` is for
 * archives. Then the mirrors forget what this release has no use for.
 */
export function checkoutScript(path: string, id: string, parts: readonly ReleasePart[]): string {
  const release = quote(`releases/${id}`);
  return `umask 022
${plainGit}
cd -- ${quote(path)}
base=$(pwd -P)
part=$base/${release}.part
if [ -e ${release} ]; then printf '%s is there already\\n' ${release} >&2; exit 1; fi
trap 'cd /; wait; rm -rf -- "$part"' EXIT
for old in releases/*.part; do
  if [ -e "$old" ]; then rm -rf -- "$old"; fi
done
mkdir -p releases
mkdir -m 700 "$part"
mkdir "$part/files" "$part/home"
checkout() {
  at=$part/files$3
  if [ "$(cd -P -- "$at" && pwd)" != "$at" ]; then printf 'submodule %s is behind a link\\n' "$3" >&2; exit 1; fi
  (
    export HOME=$part/home XDG_CONFIG_HOME=$part/home GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
    export GIT_DIR=$base/${mirrors}/$1 GIT_WORK_TREE=$at GIT_INDEX_FILE=$part/index
    git read-tree "$2"
    git checkout-index --all --force
    git ls-files --stage | { grep -v '^160000' || true; } >>"$part/all"
  )
  rm -f "$part/index"
}
${parts.map((one) => `checkout ${mirrorName(one)} ${one.commit} ${quote(one.folder && `/${one.folder}`)}`).join('\n')}
cd "$part/files"
there=$(find . ! -type d -print0 | tr -dc '\\0' | wc -c)
if [ "$there" -ne "$(wc -l <../all)" ]; then
  echo 'names that differ in case only do not fit on this file system' >&2
  exit 1
fi
if [ "$there" -eq 0 ]; then echo 'the commit holds no files' >&2; exit 1; fi
printf 'files %s\\n' "$there"
if [ -n "$(find . -name .gitattributes -type f -exec grep -l 'filter=lfs' {} +)" ]; then
  find . -type f -size -3 -exec awk 'FNR == 1 && /^version https:[/][/]git-lfs.github.com[/]spec[/]v1$/ { print FILENAME }' {} + >../pointers
  printf 'pointers %s %s\\n' "$(wc -l <../pointers)" "$(head -n 1 ../pointers | base64 | tr -d '\\n')"
fi
cd "$base"
${tidyScript(parts)}
mv -T "$part/files" ${release}`;
}

// Only the commits of this release stay: the next one is fetched as what differs from it. What
// nothing refers to any more goes when enough of it has gathered. No mirror is worth a deployment.
function tidyScript(parts: readonly ReleasePart[]): string {
  const kept = new Map<string, string[]>();
  for (const one of parts) {
    const name = mirrorName(one);
    kept.set(name, [...(kept.get(name) ?? []), refOf(one.commit)]);
  }
  const cases = [...kept].map(([name, refs]) => `${name}) keep='${refs.join(' ')}' ;;`);
  return `( cd ${mirrors}
for mirror in *.git; do
  case $mirror in
    ${cases.join('\n    ')}
    *) rm -rf -- "$mirror"; continue ;;
  esac
  for ref in $(git --git-dir="$mirror" for-each-ref --format='%(refname)'); do
    case " $keep " in *" $ref "*) ;; *) git --git-dir="$mirror" update-ref -d "$ref" ;; esac
  done
  git --git-dir="$mirror" -c gc.auto=2000 -c gc.autoPackLimit=10 -c gc.autoDetach=false \\
    -c gc.pruneExpire=now -c core.hooksPath=/dev/null gc --auto --quiet
done ) >/dev/null 2>&1 || true`;
}

/** What a checkout came to. */
export interface CheckedOut {
  files: number;
  /** Files that are only a pointer to where Git LFS has their content. */
  pointers: { count: number; first: string };
}

/** Reads what {@link checkoutScript} printed. */
export function readCheckout(printed: string): CheckedOut {
  const [, count = '0', first = ''] = /^pointers +(\d+) (.*)$/m.exec(printed) ?? [];
  return {
    files: Number(/^files +(\d+)$/m.exec(printed)?.[1] ?? 0),
    pointers: {
      count: Number(count),
      first: Buffer.from(first, 'base64').toString().trimEnd().replace(/^\.\//, ''),
    },
  };
}
