import type { RolloutState } from '@slipway/shared/deploy/target';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import type { OperationState } from '../src/api/aci-api.ts';
import { GroupWatch } from '../src/rollout/group-state.ts';

/** The image of the new version. */
export const image = `shop.azurecr.io/shop@sha256:${'a'.repeat(64)}`;
const oldImage = `shop.azurecr.io/shop@sha256:${'b'.repeat(64)}`;
/** When the version before was started, and when the new one was written. */
export const start = Date.UTC(2026, 5, 1, 12);

/** Seconds after the change, as Azure writes times. */
export const at = (seconds: number) =>
  `${new Date(start + seconds * 1_000).toISOString().slice(0, 19)}Z`;

/** An event so many seconds after the change. */
export const event = (name: string, message: string, seconds = 1, more: JsonObject = {}) => ({
  name,
  type: 'Normal',
  count: 1,
  firstTimestamp: at(seconds),
  lastTimestamp: at(seconds),
  message,
  ...more,
});

export const running = (seconds = 3): JsonObject => ({
  state: 'Running',
  startTime: at(seconds),
  detailStatus: '',
});

export const ended = (exitCode: number, seconds = 4, detailStatus = 'Error'): JsonObject => ({
  state: 'Terminated',
  startTime: at(seconds - 1),
  finishTime: at(seconds),
  exitCode,
  detailStatus,
});

export const crashLoop: JsonObject = {
  state: 'Waiting',
  detailStatus: 'CrashLoopBackOff: Back-off restarting failed',
};

interface Instance {
  current?: Json | undefined;
  previous?: Json | undefined;
  restarts?: Json;
  events?: readonly Json[];
}

/** A container with an instance view. */
export function container(
  name: string,
  { current, events = [], previous, restarts = 0 }: Instance = {},
  properties: JsonObject = {},
): JsonObject {
  return {
    name,
    properties: {
      image,
      ...properties,
      instanceView: {
        restartCount: restarts,
        currentState: current,
        previousState: previous,
        events,
      },
    },
  };
}

/** A container group as Azure answers it. */
export function group(
  containers: readonly JsonObject[],
  more: { provisioningState?: Json; state?: Json; events?: Json; properties?: JsonObject } = {},
): JsonObject {
  const { events = [], properties, provisioningState = 'Succeeded', state = 'Running' } = more;
  return {
    name: 'shop',
    properties: {
      provisioningState,
      restartPolicy: 'Always',
      osType: 'Linux',
      containers,
      instanceView: { state, events },
      ...properties,
    },
  };
}

/** The group that served before, well. */
export const served = group([
  container(
    'web',
    { current: running(-3_600), events: [event('Started', 'Started container', -3_600)] },
    { image: oldImage },
  ),
]);

/** A group whose containers are wanted. */
export const wanted = (names: readonly string[] = ['web'], properties: JsonObject = {}) => ({
  properties: {
    containers: names.map((name) => ({ name, properties: { image } })),
    ...properties,
  },
});

/** One look: what Azure answers, and the seconds until the next one. */
export type Look = readonly [
  group: JsonObject | undefined,
  seconds?: number,
  operation?: OperationState,
];

/** What is said of a group at each of some looks. */
export function looks(
  all: readonly Look[],
  change: { before?: JsonObject; document?: JsonObject; isKept?: boolean } = {},
): RolloutState[] {
  const { before, document = wanted(), isKept = false } = change;
  let now = start;
  const clock = { now: () => now, sleep: () => Promise.reject(new Error('nobody waits')) };
  const watch = new GroupWatch({ clock, document, before, isKept });
  return all.map(([seen, seconds = 1, operation]) => {
    const state = watch.look(seen, operation);
    now += seconds * 1_000;
    return state;
  });
}

/** What is said at the last of some looks: the code and the sentence, or the progress. */
export function lastOf(states: readonly RolloutState[]): string {
  const state = states.at(-1);
  if (state?.state === 'failed') return `${state.failure.code}: ${state.failure.message}`;
  return state?.state === 'progress' ? state.text : (state?.state ?? 'nothing');
}
