import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import type { Host } from './connection.ts';
import { mustSucceed } from './remote-script.ts';
import { quote } from './shell.ts';

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

const unlockLimit = 15_000;

/**
 * Takes the lock of a deployment by an atomic mkdir on the host. An expired lock is broken, and
 * it is said whose it was.
 * @throws Failure `ssh/locked` when it was held for all of `wait`
 */
export async function holdLock(
  host: Host,
  request: LockRequest,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const { clock, wait, say } = request;
  const token = globalThis.crypto.randomUUID();
  let holder = 'another run';
  const attempt = async (within: AbortSignal): Promise<true | undefined> => {
    const answer = mustSucceed(
      await host.run('taking the lock', takeScript(request, token), within),
      'taking the lock',
      host.address,
    ).stdout.trim();
    if (answer.startsWith('broke ')) say(`broke the expired lock of ${answer.slice(6)}`);
    if (answer === 'taken' || answer.startsWith('broke ')) return true;
    const now = answer.slice('held '.length);
    if (now !== holder) say(`waiting for the lock of ${now}`);
    holder = now;
    return undefined;
  };
  const release = async () => {
    try {
      await deadline(clock, unlockLimit, undefined, async (within) =>
        mustSucceed(
          await host.run('freeing the lock', freeScript(request, token), within),
          'freeing the lock',
          host.address,
        ),
      );
    } catch (error) {
      // The first failure is the one to report; the lock frees itself when it expires.
      say(`the lock was not freed: ${error instanceof Error ? error.message : error}`);
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
    // A cancelled attempt may have got it all the same.
    if (signal.aborted) await release();
    if (!(error instanceof TimeoutReached)) throw error;
    await release();
    throw Failure.of('ssh/locked', {
      host: host.address.host,
      path: request.path,
      owner: holder,
      waited: formatDuration(wait),
    });
  }
  return { [Symbol.asyncDispose]: release };
}

// The name of the folder inside the lock says who holds it: mkdir and the token are one step, as
// the lock is made complete beside its place and renamed there (rename fails on a full folder).
function takeScript({ path, owner, life }: LockRequest, token: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || { mkdir -p -- ${quote(path)}; cd -- ${quote(path)}; }
mkdir -p .slipway
now=$(date +%s)
broke=
if [ -d .slipway/lock ]; then
  until=$(cat .slipway/lock/until 2>/dev/null || echo 0)
  if [ "$until" -lt "$now" ]; then
    broke=$(cat .slipway/lock/owner 2>/dev/null || echo unknown)
    if mv -T .slipway/lock .slipway/lock.${token}.old 2>/dev/null; then
      # Somebody else may have broken it first: what was moved is looked at again.
      until=$(cat .slipway/lock.${token}.old/until 2>/dev/null || echo 0)
      if [ "$until" -lt "$now" ]; then rm -rf .slipway/lock.${token}.old
      else mv -T .slipway/lock.${token}.old .slipway/lock; broke=; fi
    fi
  fi
fi
mkdir .slipway/lock.${token}
printf '%s\\n' ${quote(token)} > .slipway/lock.${token}/token
printf '%s\\n' ${quote(owner)} > .slipway/lock.${token}/owner
printf '%s\\n' "$((now + ${Math.ceil(life / 1_000)}))" > .slipway/lock.${token}/until
if mv -T .slipway/lock.${token} .slipway/lock 2>/dev/null; then
  if [ -n "$broke" ]; then printf 'broke %s\\n' "$broke"; else echo taken; fi
else
  rm -rf .slipway/lock.${token}
  printf 'held %s\\n' "$(cat .slipway/lock/owner 2>/dev/null || echo 'another run')"
fi`;
}

function freeScript({ path }: LockRequest, token: string): string {
  return `cd -- ${quote(path)} 2>/dev/null || exit 0
rm -rf .slipway/lock.${token}
if [ "$(cat .slipway/lock/token 2>/dev/null)" = ${quote(token)} ]; then rm -rf .slipway/lock; fi`;
}
