import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import { loginFolder } from '../compose/scripts.ts';
import type { Host } from '../ssh/connection.ts';
import { mustSucceed } from '../ssh/remote-script.ts';
import { ownFolderScript } from './own-folder.ts';
import { printedFunction, readPrinted } from './printed.ts';
import { quote } from './shell.ts';
import type { UserSteps } from './steps.ts';

/** Who takes a lock, and for how long at most; times in milliseconds. */
export interface LockRequest {
  /** Folder of the deployment on the host. */
  path: string;
  /** For the one who has to wait: the run's address or the name of the machine. */
  owner: string;
  /** How long to wait for another holder. */
  wait: number;
  /** After this the holder counts as dead and the lock may be broken. */
  life: number;
  clock: Clock;
  say(line: string): void;
}

/**
 * How long a deployment may last: to prepare, to migrate, to switch, to roll back, and to clean up.
 * @returns milliseconds
 */
export function longestOf(settings: { timeout: number; steps: UserSteps }): number {
  const { migrate, migrateTimeout } = settings.steps;
  return settings.timeout * 3 + (migrate.trim() === '' ? 0 : migrateTimeout) + 120_000;
}

const unlockLimit = 15_000;

/**
 * Takes the lock of a deployment by an atomic rename on the host. An expired lock is broken, and
 * it is said whose it was.
 * @throws Failure `ssh/locked` when it was held for all of `wait`, `ssh/path` when there can be none
 */
export async function holdLock(
  host: Host,
  request: LockRequest,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const { clock, path, wait, say } = request;
  const { address } = host;
  const token = globalThis.crypto.randomUUID();
  let holder = '';
  const attempt = async (within: AbortSignal): Promise<true | undefined> => {
    const what = 'taking the lock';
    const ended = await host.run(what, takeScript(request, token), within);
    const said = readPrinted(mustSucceed(ended, what, address).stdout);
    const unwritable = said.get('unwritable');
    if (unwritable !== undefined) {
      const { host, user } = address;
      throw Failure.of('ssh/path', { host, path, user, said: shown(unwritable) });
    }
    const broken = said.get('broke');
    if (broken !== undefined) say(`broke the expired lock of ${shown(broken)}`);
    if (said.has('taken') || broken !== undefined) return true;
    const now = shown(said.get('held') ?? 'another run');
    if (now !== holder) {
      holder = now;
      const end = formatDuration(Math.max(0, Number(said.get('left') ?? 0)) * 1_000);
      say(`waiting for the lock of ${holder}; it expires in ${end} at the latest`);
    }
    return undefined;
  };
  const release = async () => {
    // A host that was never reached has no lock of ours, and asking it would take long.
    if (!host.reached()) return;
    try {
      await deadline(clock, unlockLimit, undefined, async (within) =>
        mustSucceed(
          await host.run('freeing the lock', freeScript(path, token), within),
          'freeing the lock',
          address,
        ),
      );
    } catch (error) {
      // The first failure is the one to report; the lock frees itself when it expires.
      say(`the lock was not freed: ${messageOf(error)}`);
    }
  };
  try {
    // The first attempt has no limit of its own: it may have to connect first.
    if (!(await attempt(signal))) {
      await deadline(clock, wait, signal, async (within) => {
        await clock.sleep(1_000, within);
        await poll(clock, within, () => attempt(within));
      });
    }
  } catch (error) {
    // An attempt that was cut off may have got it all the same.
    await release();
    if (!(error instanceof TimeoutReached)) throw error;
    const waited = formatDuration(wait);
    throw Failure.of('ssh/locked', { host: address.host, path, owner: holder, waited });
  }
  return { [Symbol.asyncDispose]: release };
}

/** A text of a host on one line. */
function shown(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}

// The folder that is the lock says who holds it. It is made complete beside its place and renamed
// there, which fails on a full folder: taking and signing the lock are one step. What stands in it is
// a text: a time counts when it is a number, and only then is anything computed with it.
function takeScript({ path, owner, life }: LockRequest, token: string): string {
  return `${printedFunction}
cd -- ${quote(path)} 2>/dev/null || {
  said=$(mkdir -p -- ${quote(path)} 2>&1) || { printf '%s' "$said" | printed unwritable; exit 0; }
  cd -- ${quote(path)}
}
${ownFolderScript()}
seconds() {
  at=$(head -c 20 "$1/until" 2>/dev/null) || at=
  case $at in ''|*[!0-9]*|?????????????*) echo 0 ;; *) echo "$((10#$at))" ;; esac
}
now=$(date +%s)
broke=
if [ -d .slipway/lock ]; then
  if [ "$(seconds .slipway/lock)" -lt "$now" ]; then
    broke=$(head -c 1000 .slipway/lock/owner 2>/dev/null || echo unknown)
    if mv -T .slipway/lock .slipway/lock.${token}.old 2>/dev/null; then
      # Somebody else may have broken it first: what was moved is looked at again.
      if [ "$(seconds .slipway/lock.${token}.old)" -lt "$now" ]; then rm -rf .slipway/lock.${token}.old
      else mv -T .slipway/lock.${token}.old .slipway/lock; broke=; fi
    fi
  fi
fi
mkdir .slipway/lock.${token}
printf '%s\\n' ${quote(token)} > .slipway/lock.${token}/token
printf '%s\\n' ${quote(owner)} > .slipway/lock.${token}/owner
printf '%s\\n' "$((now + ${Math.ceil(life / 1_000)}))" > .slipway/lock.${token}/until
if mv -T .slipway/lock.${token} .slipway/lock 2>/dev/null; then
  if [ -n "$broke" ]; then printf '%s' "$broke" | printed broke; else printed taken </dev/null; fi
else
  rm -rf .slipway/lock.${token}
  until=$(seconds .slipway/lock)
  if [ "$until" -gt "$now" ]; then left=$((until - now)); else left=0; fi
  printf '%s' "$left" | printed left
  { head -c 1000 .slipway/lock/owner 2>/dev/null || echo 'another run'; } | printed held
fi`;
}

function freeScript(path: string, token: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
rm -rf .slipway/lock.${token}
if [ "$(cat .slipway/lock/token 2>/dev/null)" = ${quote(token)} ]; then rm -rf ${loginFolder} .slipway/lock; fi`;
}
