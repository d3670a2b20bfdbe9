import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import type { Host } from '../../ssh/host.ts';
import { mustSucceed } from '../../ssh/script/remote-script.ts';
import { readPrinted } from '../printed.ts';
import {
  fenceScript,
  freeScript,
  type LockFacts,
  renewScript,
  takeScript,
} from './lock-scripts.ts';

/** What the locks of one run have in common. */
export interface LockTerms {
  /** For the one who has to wait: the run's address or the name of the machine. */
  owner: string;
  /** What is left of the time to wait for other holders, on all hosts together; in milliseconds. */
  wait: { left: number };
}

/** A lock, and how to take it. */
export interface LockRequest extends LockTerms {
  /** Folder of the deployment on the host. */
  path: string;
  clock: Clock;
  say(line: string): void;
  /**
   * After so many milliseconds without a renewal the holder counts as dead, and the lock may be
   * broken. It is renewed four times as often.
   */
  life?: number;
}

/** The lock of a deployment on one host. */
export interface SiteLock {
  /** Script that ends the one it stands in, unless this lock is held. */
  readonly fence: string;
  /**
   * Takes the lock and renews it until it is disposed of. An expired lock is broken, and the log names
   * its owner.
   * @throws Failure `ssh/locked` when it was held for all of `wait`, `ssh/path` or `ssh/tools` when
   * there can be none
   */
  acquire(signal: AbortSignal): Promise<AsyncDisposable>;
  /** The same without waiting; undefined where another run holds it. */
  tryAcquire(signal: AbortSignal): Promise<AsyncDisposable | undefined>;
}

const usualLife = 120_000;
const unlockLimit = 15_000;

/** Makes a lock that is not held yet. */
export function siteLock(host: Host, request: LockRequest): SiteLock {
  const { path, owner, life = usualLife } = request;
  const token = globalThis.crypto.randomUUID();
  const facts = { path, owner, token, life: Math.ceil(life / 1_000) };
  const held = (): AsyncDisposable => {
    const renewal = renew(host, request, facts);
    return {
      async [Symbol.asyncDispose]() {
        await renewal[Symbol.asyncDispose]();
        await freeLock(host, request, facts);
      },
    };
  };
  return {
    fence: fenceScript(facts),
    async acquire(signal) {
      await take(host, request, facts, signal);
      return held();
    },
    async tryAcquire(signal) {
      try {
        const holder = await attempt(host, request, facts, signal);
        return holder === undefined ? held() : undefined;
      } catch (error) {
        await freeLock(host, request, facts);
        throw error;
      }
    },
  };
}

/** Who holds the lock, and for how long without a renewal. */
interface Holder {
  owner: string;
  /** Milliseconds. */
  left: number;
}

/** Takes the lock if it is free. @returns who holds it, where it is not */
async function attempt(
  host: Host,
  { path, say }: LockRequest,
  facts: LockFacts,
  signal: AbortSignal,
): Promise<Holder | undefined> {
  const { address } = host;
  const what = 'taking the lock';
  const ended = await host.run(what, takeScript(facts), signal);
  const said = readPrinted(mustSucceed(ended, what, address).stdout);
  const [unwritable, missing] = [said.get('unwritable'), said.get('missing')];
  if (unwritable !== undefined) {
    const { host, user } = address;
    throw Failure.of('ssh/path', { host, path, user, said: shown(unwritable) });
  }
  if (missing !== undefined) throw Failure.of('ssh/tools', { host: address.host, missing });
  const broken = said.get('broke');
  if (broken !== undefined) say(`broke the expired lock of ${shown(broken)}`);
  if (said.has('taken') || broken !== undefined) return undefined;
  return {
    owner: shown(said.get('held') ?? 'another run'),
    left: Math.max(0, Number(said.get('left') ?? 0)) * 1_000,
  };
}

async function take(
  host: Host,
  request: LockRequest,
  facts: LockFacts,
  signal: AbortSignal,
): Promise<void> {
  const { clock, path, wait, say } = request;
  const { address } = host;
  let holder = '';
  const free = async (within: AbortSignal): Promise<true | undefined> => {
    const found = await attempt(host, request, facts, within);
    if (!found) return true;
    if (found.owner !== holder) {
      holder = found.owner;
      const end = formatDuration(found.left);
      say(`waiting for the lock of ${holder}; it expires in ${end} unless it is renewed`);
    }
    return undefined;
  };
  // The first attempt has no limit of its own: it may have to connect first.
  let start: number | undefined;
  const allowed = wait.left;
  try {
    if (await free(signal)) return;
    start = clock.now();
    await deadline(clock, allowed, signal, async (within) => {
      await clock.sleep(1_000, within);
      await poll(clock, within, () => free(within));
    });
  } catch (error) {
    // An attempt that was cut off may still have taken the lock.
    await freeLock(host, request, facts);
    if (!(error instanceof TimeoutReached) || signal.aborted) throw error;
    const waited = formatDuration(allowed);
    throw Failure.of('ssh/locked', { host: address.host, path, owner: holder, waited });
  } finally {
    if (start !== undefined) wait.left = Math.max(0, allowed - (clock.now() - start));
  }
}

/** Renews the lock, beside whatever else runs on the host, until it is disposed of or lost. */
function renew(
  host: Host,
  { clock, path, say, life = usualLife }: LockRequest,
  facts: LockFacts,
): AsyncDisposable {
  const over = new AbortController();
  let beat: Promise<void> | undefined;
  const once = async () => {
    try {
      // No shorter limit: a script that does not end takes the connection with it.
      const { stdout } = await deadline(clock, life, over.signal, (within) =>
        host.run('renewing the lock', renewScript(facts), within),
      );
      const thief = readPrinted(stdout).get('lost');
      if (thief === undefined || over.signal.aborted) return;
      clearInterval(timer);
      say(`the lock of ${path} was lost to ${shown(thief)}; nothing more is changed here`);
    } catch {
      // The host may not answer now. The next one may get through; when none does, the lock may be
      // lost, which the script of the next change finds out.
    }
  };
  const timer = setInterval(() => {
    beat ??= once().finally(() => {
      beat = undefined;
    });
  }, life / 4);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      over.abort();
      await beat;
    },
  };
}

async function freeLock(
  host: Host,
  { clock, say }: Pick<LockRequest, 'clock' | 'say'>,
  facts: LockFacts,
): Promise<void> {
  // A host that was never reached has no lock of ours, and asking it would take long.
  if (!host.reached()) return;
  const what = 'freeing the lock';
  try {
    await deadline(clock, unlockLimit, undefined, async (within) =>
      mustSucceed(await host.run(what, freeScript(facts), within), what, host.address),
    );
  } catch (error) {
    // The first failure is the one to report; the lock frees itself when it expires.
    say(`the lock was not freed: ${messageOf(error)}`);
  }
}

/** A text of a host on one line. */
function shown(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}
