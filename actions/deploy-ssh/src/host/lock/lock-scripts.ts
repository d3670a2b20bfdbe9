import { quote } from '../../ssh/shell.ts';
import { loginFolder, ownFolderScript } from '../own-folder.ts';
import { printedFunction } from '../printed.ts';

/** A lock as its scripts know it. */
export interface LockFacts {
  /** Folder of the deployment on the host. */
  path: string;
  /** Tells this holder from every other one. */
  token: string;
  owner: string;
  /** After this without a renewal the holder counts as dead; in seconds, by the host's clock. */
  life: number;
}

// The scripts that take, renew or free a lock exclude each other by `flock`, which ends with the
// script, however that ends. None of them takes a second, so the wait has a limit. A guard file that
// another user left in an older, open folder is removed.
const guardFunction = `guard() {
  umask 077
  if [ -L .slipway/guard ] || { [ -e .slipway/guard ] && [ ! -O .slipway/guard ]; }; then rm -f .slipway/guard; fi
  exec 8>>.slipway/guard
  for ((tick = 0; tick < 100; tick++)); do
    if flock -n 8; then return 0; fi
    sleep 0.1
  done
  return 1
}`;

const ownerFunction = `owner() { head -c 1000 .slipway/lock/owner 2>/dev/null || echo 'another run'; }`;

const heldToken = `"$(head -c 100 .slipway/lock/token 2>/dev/null || true)"`;

/**
 * Takes the lock, when it is free or expired. Prints, as `readPrinted` reads it: `taken` or `broke`
 * with the owner of the expired one; `held` with the owner and `left` with the seconds that it lasts;
 * `unwritable` or `missing` when there can be none.
 */
export function takeScript({ path, token, owner, life }: LockFacts): string {
  return `${printedFunction}
cd -- ${quote(path)} 2>/dev/null || {
  said=$(mkdir -p -- ${quote(path)} 2>&1) || { printf '%s' "$said" | printed unwritable; exit 0; }
  cd -- ${quote(path)}
}
${ownFolderScript()}
command -v flock >/dev/null || { printf 'flock (util-linux or busybox)' | printed missing; exit 0; }
${guardFunction}
${ownerFunction}
# What stands in a lock is a text: only a number is a time, and computed with.
seconds() {
  at=$(head -c 20 .slipway/lock/until 2>/dev/null) || at=
  case $at in ''|*[!0-9]*|?????????????*) echo 0 ;; *) echo "$((10#$at))" ;; esac
}
if ! guard; then
  printf 'a script that does not end' | printed held
  exit 0
fi
# What a script left that was killed in the middle: a whole one needs the guard.
rm -rf .slipway/lock.*
now=$(date +%s)
broke=
if [ -e .slipway/lock ] || [ -L .slipway/lock ]; then
  left=$(($(seconds) - now))
  if [ "$left" -ge 0 ]; then
    printf '%s' "$left" | printed left
    owner | printed held
    exit 0
  fi
  broke=$(owner)
  rm -rf .slipway/lock
fi
mkdir .slipway/lock.${token}
printf '%s\\n' ${quote(token)} > .slipway/lock.${token}/token
printf '%s\\n' ${quote(owner)} > .slipway/lock.${token}/owner
printf '%s\\n' "$((now + ${life}))" > .slipway/lock.${token}/until
mv -T .slipway/lock.${token} .slipway/lock
if [ -n "$broke" ]; then printf '%s' "$broke" | printed broke; else printed taken </dev/null; fi`;
}

/** Prints `renewed`, or `lost` with the owner of the lock that is there instead. */
export function renewScript({ path, token, life }: LockFacts): string {
  return `cd -- ${quote(path)}
${printedFunction}
${guardFunction}
${ownerFunction}
guard
if [ ${heldToken} != ${quote(token)} ]; then
  owner | printed lost
  exit 0
fi
printf '%s\\n' "$(($(date +%s) + ${life}))" > .slipway/lock/until.new
mv .slipway/lock/until.new .slipway/lock/until
printed renewed </dev/null`;
}

/** Frees the lock, and leaves that of another one alone. */
export function freeScript({ path, token }: LockFacts): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
[ -d .slipway ] || exit 0
${guardFunction}
guard
if [ ${heldToken} = ${quote(token)} ]; then rm -rf ${loginFolder} .slipway/lock; fi`;
}

/** Ends a script in the deployment's folder before it changes anything, unless the lock is held. */
export function fenceScript({ path, token }: Pick<LockFacts, 'path' | 'token'>): string {
  return `if [ ${heldToken} != ${quote(token)} ]; then
  printf 'the lock of %s is not held by this run any more, so nothing is changed\\n' ${quote(path)} >&2
  exit 1
fi`;
}
