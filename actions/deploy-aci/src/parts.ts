import type { Commands } from '@slipway/shared/action/commands';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, GroupName, Usage } from './api/aci-api.ts';
import type { PreparedGroup, Restorable } from './group/prepared-group.ts';
import type { GroupWatch, Watched } from './rollout/group-state.ts';
import type { Settings } from './settings.ts';

/** Everything that the target of a container group is made of. */
export interface GroupParts {
  settings: Settings;
  clock: Clock;
  /** Of the run: aborts when it is cancelled. */
  signal: AbortSignal;
  commands: Pick<Commands, 'info' | 'quote'>;
  api: AciApi;
  fetch: Fetch;
  /** What the tags of a release say of this run. */
  release: { commit: string; run: string };
  /** What is wanted, compared with the group that runs. Reads only. */
  prepare(live: JsonObject | undefined, signal: AbortSignal): Promise<PreparedGroup>;
  /** What brings the group back that runs. */
  restorable(live: JsonObject): Restorable;
  /** Quotas of a region; empty where Azure does not tell. */
  usages(location: string, signal: AbortSignal): Promise<readonly Usage[]>;
  /** Judges one change of one group. */
  watch(change: Omit<Watched, 'clock'>): GroupWatch;
  /** The one-off group before the update; undefined where none is asked for. */
  migrate?: {
    run(prepared: PreparedGroup, signal: AbortSignal): Promise<void>;
    readonly evidence: Evidence;
  };
  /** @param before the group before the change */
  diagnose(
    failed: { group: GroupName; before: JsonObject | undefined },
    signal: AbortSignal,
  ): Promise<Evidence>;
}
