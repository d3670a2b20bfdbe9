import type { JsonObject } from '@slipway/shared/document/json-object';
import { fieldManager, type OthersField } from '../api/kubernetes-api.ts';
import { hasApplied } from '../workload/field-owners.ts';

/** What may be taken over of an object. */
export interface TakeOver {
  /** Input `force-conflicts`. */
  readonly all: boolean;
  readonly live: JsonObject | undefined;
  /** Fields that inputs name, as the server names them from the template of the pods on. */
  readonly named: readonly string[];
}

/**
 * Who writes an object once, and does not come back to it by itself: the first run that applies it takes
 * its fields over, as `kubectl apply --server-side` does.
 */
const onceWriters = new Set([
  'before-first-apply',
  'kubectl-client-side-apply',
  'kubectl-create',
  'kubectl-replace',
]);

/**
 * Whether a field of somebody else may be set to another value: what an input of this run names, all at
 * the first time where only kubectl wrote the object, and everything where the user says so
 * (docs/decisions/0106).
 */
export function mayTake({ all, live, named }: TakeOver): (field: OthersField) => boolean {
  const first = live !== undefined && !hasApplied(live, fieldManager);
  return ({ manager, path }) => {
    if (all) return true;
    if (first && onceWriters.has(manager)) return true;
    return named.some((field) => path.endsWith(`.template.spec.${field}`));
  };
}
