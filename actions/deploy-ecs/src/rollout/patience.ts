import { patiently } from '@slipway/shared/deploy/patience';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { aroundCalls } from '../api/around-calls.ts';
import type { EcsApi } from '../api/ecs-api.ts';

/** What a call is repeated for, until its signal aborts. */
export interface CallPatience {
  clock: Clock;
  /** Also where AWS gave no usable answer: for calls that change nothing more when repeated. */
  unanswered: boolean;
}

/**
 * The same calls, repeated with growing pauses where AWS asks for fewer of them. The time limit of a
 * phase ends that, so a throttled call never is the reason why a deployment fails early.
 */
export function patient(api: EcsApi, patience: CallPatience): EcsApi {
  const { clock, unanswered } = patience;
  const again = unanswered ? isUnanswered : () => false;
  return aroundCalls(api, (call, { signal }) => patiently(call, { clock, again }, signal));
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
