import type { RolloutState } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { eventsAbout } from '../../src/pods/events.ts';
import { podView } from '../../src/pods/pod-view.ts';
import { RolloutJudge } from '../../src/rollout/judge.ts';
import { kinds } from '../../src/rollout/kinds.ts';
import { byObject } from '../../src/verdict/pod-troubles.ts';
import type { Rules } from '../../src/verdict/trouble.ts';
import type { WorkloadKind } from '../../src/workload/workload-name.ts';
import { deployment, replicaSet, start } from './objects.ts';

/** What the cluster is at one look. */
export interface Look {
  /** Seconds since the test began. */
  readonly at?: number;
  readonly workload?: JsonObject | undefined;
  readonly gone?: JsonObject;
  readonly revisions?: readonly JsonObject[];
  readonly pods?: readonly JsonObject[];
  readonly events?: readonly JsonObject[];
}

interface Given {
  readonly kind?: WorkloadKind;
  readonly written?: JsonObject;
  readonly rules?: Partial<Rules>;
}

/** A judge of a rollout, and one look after the other at it. */
export function judging({ kind = 'Deployment', rules, written = deployment() }: Given = {}) {
  const judge = new RolloutJudge(
    kinds[kind],
    { text: `${kind.toLowerCase()}/shop`, object: written, time: start },
    { fatal: [], tolerated: [], ...rules },
  );
  const look = (seen: Look): RolloutState => {
    const { at = 10, events = [], revisions = [replicaSet()] } = seen;
    const pods = (seen.pods ?? []).map(podView);
    const uids = new Set(['shop', ...pods.map(({ uid }) => uid)]);
    return judge.look({
      workload: 'workload' in seen ? seen.workload : written,
      gone: seen.gone,
      revisions,
      pods,
      events: byObject(eventsAbout(events, uids)),
      now: at * 1_000,
      serverNow: start + at * 1_000,
    });
  };
  return { judge, look };
}

/** The states of looks one after the other, as short texts: `settled`, `progress`, `k8s/image-pull`. */
export function verdicts(looks: readonly Look[], given: Given = {}): readonly string[] {
  const { look } = judging(given);
  return looks.map((one) => wordOf(look(one)));
}

/** `settled`, `progress`, or the code of the failure. */
export function wordOf(state: RolloutState): string {
  return state.state === 'failed' ? state.failure.code : state.state;
}

/** The failure of the last look. */
export function failureOf(looks: readonly Look[], given: Given = {}) {
  const { look } = judging(given);
  const states = looks.map(look);
  const last = states.at(-1);
  if (last?.state !== 'failed') throw new Error(`not failed, but ${JSON.stringify(last)}`);
  return last.failure;
}
