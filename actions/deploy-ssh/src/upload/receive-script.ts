import { quote } from '../ssh/shell.ts';

/** Exit code of an upload that took over files which turned out not to be what they were. */
export const stale = 9;

/** What the script has to know when it starts. */
export interface Receipt {
  id: string;
  /** A release that may have some of the files. */
  previous: string | undefined;
  /** Bytes of the compressed sums, which are the first thing in the stream. */
  sums: number;
  /** Of the whole release; see `treeDigest`. */
  digest: string;
}

/**
 * The script that receives a release on descriptor 3: first its sums, then an archive with the files
 * that the previous release does not have. With a previous release it prints one line, `kept` and a
 * `1` for each of the sums whose file need not be sent, or nothing behind `kept`.
 *
 * Everything is put together in `releases/<id>.part`, every file's content is checked there, and only
 * then it gets its name. On any other way out, a cut connection too, nothing of it stays. What other
 * runs left is removed first: under the deployment's lock, nobody else is uploading. The sums stay in
 * `.slipway/sums/<id>`, outside of the release, where no web server finds them.
 *
 * The programs are those that GNU and busybox have in common, and few, as a busy host takes
 * milliseconds to start each.
 */
export function receiveScript(path: string, receipt: Receipt): string {
  const id = quote(receipt.id);
  return `umask 022
export LC_ALL=C
cd -- ${quote(path)}
base=$PWD
part=$base/releases/${id}.part
if [ -e releases/${id} ]; then printf 'releases/%s is there already\\n' ${id} >&2; exit 1; fi
trap 'cd /; wait; rm -rf -- "$part"' EXIT
for old in releases/*.part; do
  if [ -e "$old" ]; then rm -rf -- "$old"; fi
done
mkdir -p releases .slipway/sums
mkdir -m 700 "$part" "$part/files"
cd "$part"
dd bs=64k count=${receipt.sums} iflag=count_bytes,fullblock <&3 2>/dev/null | gzip -dc >sums
${hash}
${receipt.previous === undefined ? '' : keep(receipt.previous)}
tar -xzpof - <&3
for copy in \${copies-}; do wait "$copy" || exit ${stale}; done
for list in modes/*; do
  if [ -f "$list" ]; then (cd ./files && xargs -0 chmod "\${list##*/}" -- <"../$list"); fi
done
(cd ./files && xargs -0r $hash) <sent | sed -n 's/^\\\\\\{0,1\\}\\([0-9a-f]\\{64\\}\\) .*/\\1/p' >found &
${parts}
wait "$!"
digest=$(cat entries status targets sums | sha256sum)
if [ "\${digest%% *}" != ${quote(receipt.digest)} ] || ! cmp -s hashes found; then
  echo 'what arrived is not what was sent' >&2
  (cd ./files && sha256sum -c ../sums 2>&1 | grep -v ': OK$' | head -n 5) >&2 || true
  exit 1
fi
(umask 077; cat sums >"$base"/.slipway/sums/${id})
mv -T files "$base"/releases/${id}
for sums in "$base"/.slipway/sums/*; do
  if [ ! -d "$base/releases/\${sums##*/}" ]; then rm -f -- "$sums"; fi
done`;
}

// OpenSSL uses what the processor has for SHA-256 and is five times as fast as many a sha256sum; not
// every host has it.
const hash = `hash=sha256sum between='  '
if command -v openssl >/dev/null; then hash='openssl dgst -sha256 -r' between=' *'; fi`;

// Copies what is the same, two lists at a time, and checks the copies, while the line is waited for.
// A file is not taken when it was written to since it was uploaded, or when it, or a folder above it,
// was replaced by a link; nor is one whose line in the sums is escaped. Without GNU's cp and find,
// nothing is taken. No hard links: an app may write into its release.
function keep(previous: string): string {
  const id = quote(previous);
  return `before=$base/.slipway/sums/${id}
case $(cp --help 2>&1) in *--reflink*) ;; *) before= ;; esac
copy() {
  (cd "$base"/releases/${id} && xargs -d '\\n' cp --parents --reflink=auto --preserve=timestamps -t "$part/files" --) <"kept.$1"
  (cd ./files && xargs -d '\\n' $hash) <"kept.$1" | cmp -s - "sums.$1"
}
if [ -f "$before" ] && (cd "$base"/releases/${id} && find . ! -type d -cnewer "$before") >edited 2>/dev/null; then
  awk -v between="$between" '
    BEGIN { printf "kept " }
    FILENAME == ARGV[1] { edited[$0]; next }
    FILENAME == ARGV[2] { before[$0]; next }
    {
      name = substr($0, 67)
      kept = ($0 in before) && !(name in edited) && $0 !~ /^\\\\/
      for (end = 2; kept && (more = index(substr(name, end + 1), "/")); )
        kept = !(substr(name, 1, (end += more) - 1) in edited)
      printf "%d", kept
      if (!kept) next
      list = count++ % 2
      print name >("kept." list)
      print substr($0, 1, 64) between name >("sums." list)
      sub(/\\/[^\\/]*$/, "", name)
      if (!(name in folders)) print name >"folders"
      folders[name]
    }
    END { print "" }' edited "$before" sums
  if [ -f folders ]; then (cd ./files && xargs -d '\\n' mkdir -p --) <folders; fi
  copies=
  for list in kept.*; do
    if [ -f "$list" ]; then copy "\${list#kept.}" & copies="$copies $!"; fi
  done
else
  echo 'kept '
fi`;
}

// The parts of the text that `treeDigest` takes the digest of. readlink of busybox takes one at a time.
const parts = `(
  cd ./files
  find . -print0 | sort -z >../entries
  xargs -0 stat -c '%f %a %s' -- <../entries |
    sed 's/^\\(.\\)[^ ]* /\\1 00/; s/^\\(.\\) [0-7]*\\([0-7][0-7][0-7]\\) /\\1 \\2 /; s/^4 \\(...\\) .*/4 \\1/' >../status
  if [ -f ../links ]; then
    xargs -0r readlink <../links 2>/dev/null || xargs -0r -n 1 readlink <../links
  fi >../targets
)`;
