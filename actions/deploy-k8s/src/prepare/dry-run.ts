import type { JsonObject } from '@slipway/shared/document/json-object';
import { FieldConflict, type KubernetesApi, type OthersField } from '../api/kubernetes-api.ts';
import { differs } from '../diff/diff-objects.ts';
import { conflict } from '../workload/apply-object.ts';
import type { WantedObject } from '../workload/prepared.ts';
import type { Located } from './locate.ts';

/** An object before its dry run. */
export interface Wish extends Pick<Located, 'name' | 'object' | 'isServed'> {
  readonly live: JsonObject | undefined;
  /** Whether what kubectl has applied becomes ours: `live` says so already. */
  readonly adopts: boolean;
  /** Whether a field may be taken over from who has set it. */
  mayTake(field: OthersField): boolean;
}

/** What a dry run showed. */
export interface DryRun {
  readonly wanted: WantedObject;
  /** Fields that are taken over from others. */
  readonly taken: readonly OthersField[];
  /** What the server warned of. */
  readonly warnings: readonly string[];
}

/**
 * Asks the server what an object would become.
 * @throws Failure `k8s/conflict` for a field that must not be taken over
 */
export async function dryRun(
  api: KubernetesApi,
  { name, object, live, adopts, mayTake }: Wish,
  signal: AbortSignal,
): Promise<DryRun> {
  const asked = { name, object, dryRun: true };
  const result = (after: JsonObject, force: boolean): WantedObject => ({
    name,
    object,
    live,
    after,
    force,
    adopts,
    isChanged: differs({ name, live, after }),
  });
  try {
    const { object: after, warnings } = await api.apply(asked, signal);
    return { wanted: result(after, false), taken: [], warnings };
  } catch (error) {
    if (!(error instanceof FieldConflict)) throw error;
    const refused = error.fields.filter((field) => !mayTake(field));
    if (refused.length > 0) throw conflict(name, refused);
    const { object: after, warnings } = await api.apply({ ...asked, force: true }, signal);
    return { wanted: result(after, true), taken: error.fields, warnings };
  }
}
