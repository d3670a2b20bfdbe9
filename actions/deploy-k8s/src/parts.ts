import type { Commands } from '@slipway/shared/action/commands';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { Clock } from '@slipway/shared/time/clock';
import type { KubernetesApi, ObjectName } from './api/kubernetes-api.ts';
import type { Canary } from './canary/canary.ts';
import type { RolloutWatch } from './rollout/rollout-watch.ts';
import type { Settings } from './settings.ts';
import type { Prepared } from './workload/prepared.ts';

/** Everything that the target of a workload is made of. */
export interface WorkloadParts {
  /** Namespace of what has none. */
  namespace: string;
  settings: Settings;
  clock: Clock;
  /** Of the run: aborts when it is cancelled. */
  signal: AbortSignal;
  commands: Pick<Commands, 'info' | 'quote'>;
  api: KubernetesApi;
  fetch: Fetch;
  /** What a workload says of the run that proved it. */
  release: { commit: string; run: string };
  /** Who takes the lock, for the next one who wants it. */
  holder: string;
  /** Finds the workload, and whether this identity may do all that the run needs. Reads only. */
  check(signal: AbortSignal): Promise<ObjectName>;
  /** What is wanted, compared with what is there. Reads only. */
  prepare(signal: AbortSignal): Promise<Prepared>;
  /** The canary of strategy `canary`, for a Deployment that is there and changes. Reads only. */
  canary(prepared: Prepared, signal: AbortSignal): Promise<Canary | undefined>;
  /** Follows the rollout of a workload as the server has stored it. */
  follow(change: Followed, signal: AbortSignal): Promise<RolloutWatch>;
  /** The one-off Job before the rollout; undefined where none is asked for. */
  migrate?: {
    run(prepared: Prepared, signal: AbortSignal): Promise<void>;
    readonly evidence: Evidence;
  };
}

/** One change of a workload, as its rollout is followed. */
export interface Followed {
  readonly name: ObjectName;
  /** As the server stored it. */
  readonly written: JsonObject;
}
