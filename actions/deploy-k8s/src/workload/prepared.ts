import type { DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { ObjectName } from '../api/kubernetes-api.ts';
import type { WorkloadKind } from './workload-name.ts';

/** An object that is applied. */
export interface WantedObject {
  readonly name: ObjectName;
  /** What is applied: only the fields that this run is about. Images by digest. */
  readonly object: JsonObject;
  /** As it is; undefined where it is not there yet. */
  readonly live: JsonObject | undefined;
  /** As it would be by the server's dry run. */
  readonly after: JsonObject;
  /**
   * Whether it is applied with force: then every field that others have set, and that this run sets to
   * another value, may be taken over, and `notes` names each.
   */
  readonly force: boolean;
  /**
   * Whether what kubectl applied before has to be made ours first, {@link adopt}; the `managedFields`
   * of `live` say so already.
   */
  readonly adopts: boolean;
  /** Whether the dry run differs from what is there. */
  readonly isChanged: boolean;
}

/** A workload among them, which is watched. */
export interface WantedWorkload extends WantedObject {
  readonly kind: WorkloadKind;
}

/** What is wanted, compared with what is there. Nothing was written. */
export interface Prepared {
  /** In the order in which they are applied; workloads last. */
  readonly objects: readonly (WantedObject | WantedWorkload)[];
  /** The workload that gets `image`; it is one of `objects`. */
  readonly main: WantedWorkload;
  /** Its container that gets `image`. */
  readonly container: string;
  /** By digest: `name@sha256:…`. */
  readonly image: string;
  /** What the container runs now, as the workload names it; undefined where it does not run. */
  readonly previousImage: string | undefined;
  readonly diff: readonly DiffLine[];
  /** What people should know of this deployment, one sentence each. */
  readonly notes: readonly string[];
}

/** Whether an object is a workload. */
export function isWorkload(wanted: WantedObject): wanted is WantedWorkload {
  return 'kind' in wanted;
}
