import type { JsonObject } from '@slipway/shared/document/json-object';
import { FieldConflict, type KubernetesApi, type OthersField } from '../api/kubernetes-api.ts';
import { hasNoDryRun } from '../check/dry-pod.ts';
import { differs } from '../diff/diff-objects.ts';
import { conflict } from '../workload/apply-object.ts';
import type { WantedObject } from '../workload/prepared.ts';
import type { Located } from './locate.ts';
import { merged } from './merged.ts';

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
  /** Why the server was not asked, or could not answer. */
  readonly unchecked?: string;
}

/**
 * Asks the server what an object would become.
 * @param madeNamespaces namespaces that the run makes itself
 * @throws Failure `k8s/conflict` for a field that must not be taken over
 */
export async function dryRun(
  api: KubernetesApi,
  wish: Wish,
  madeNamespaces: ReadonlySet<string | undefined>,
  signal: AbortSignal,
): Promise<DryRun> {
  const { name, object } = wish;
  if (!wish.isServed) return notAsked(wish, 'this run brings its kind');
  if (madeNamespaces.has(name.namespace)) return notAsked(wish, 'this run makes its namespace');
  const asked = { name, object, dryRun: true };
  try {
    const { object: after, warnings } = await api.apply(asked, signal);
    return { wanted: wantedOf(wish, after, false), taken: [], warnings };
  } catch (error) {
    if (hasNoDryRun(error)) return notAsked(wish, 'a webhook of the cluster cannot try anything');
    if (!(error instanceof FieldConflict)) throw error;
    const refused = error.fields.filter((field) => !wish.mayTake(field));
    if (refused.length > 0) throw conflict(name, refused);
    const { object: after, warnings } = await api.apply({ ...asked, force: true }, signal);
    return { wanted: wantedOf(wish, after, true), taken: error.fields, warnings };
  }
}

function wantedOf({ name, object, live, adopts }: Wish, after: JsonObject, force: boolean) {
  return { name, object, live, after, force, adopts, isChanged: differs({ name, live, after }) };
}

function notAsked(wish: Wish, unchecked: string): DryRun {
  const after = merged(wish.live ?? {}, wish.object);
  return { wanted: wantedOf(wish, after, false), taken: [], warnings: [], unchecked };
}
