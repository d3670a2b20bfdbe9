import { Throttled } from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { jittered } from '@slipway/shared/time/poll';
import { aroundCalls } from '../api/around-calls.ts';
import type { EcsApi } from '../api/ecs-api.ts';

/** What a call is repeated for, until its signal aborts. */
export interface CallPatience {
  clock: Clock;
  /** Also where AWS gave no usable answer: for calls that change nothing more when repeated. */
  unanswered: boolean;
}

const pause = { first: 500, most: 15_000 };

/**
 * The same calls, repeated with growing pauses where AWS asks for fewer of them. The time limit of a
 * phase ends that, so a throttled call never is the reason why a deployment fails early.
 */
export function patient(api: EcsApi, patience: CallPatience): EcsApi {
  return aroundCalls(api, (call, { signal }) => repeated(call, patience, signal));
}

async function repeated<Output>(
  call: () => Promise<Output>,
  { clock, unanswered }: CallPatience,
  signal: AbortSignal,
): Promise<Output> {
  for (let wait = pause.first; ; wait = Math.min(wait * 2, pause.most)) {
    try {
      return await call();
    } catch (error) {
      const throttled = error instanceof Throttled;
      if (!throttled && !(unanswered && isUnanswered(error))) throw error;
      const asked = throttled ? (error.retryAfter ?? 0) : 0;
      await clock.sleep(jittered(Math.max(wait, asked)), signal);
    }
  }
}

/** Whether a call got no usable answer, so that nobody knows whether AWS has carried it out. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ecs/unavailable';
}

/** Whether the role may not make a call. */
export function isDenied(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ecs/denied';
}

/** What is said once of a call that the role may not make, and of what is done without it. */
export function withoutIt(denied: unknown, consequence: string): string {
  return `${messageOf(denied).replace(/\.$/, '')}. So ${consequence}.`;
}

/**
 * Work that a cancel does not cut off halfway: what was asked of AWS is answered or not within
 * `grace`, so that a rollback knows what there is to take back.
 */
export async function withGrace<T>(
  { clock, grace }: { clock: Clock; grace: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const done = new AbortController();
  const onAbort = () => {
    clock.sleep(grace, done.signal).then(
      () => over.abort(signal.reason),
      () => undefined,
    );
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(over.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    done.abort();
  }
}
