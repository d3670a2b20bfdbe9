import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { FieldConflict, type KubernetesApi, type OthersField } from '../api/kubernetes-api.ts';
import { differs } from '../diff/diff-objects.ts';
import type { WantedObject } from '../workload/prepared.ts';
import type { Located } from './locate.ts';

/** An object before its dry run. */
export interface Wish extends Pick<Located, 'name' | 'object' | 'isServed'> {
  readonly live: JsonObject | undefined;
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
  { name, object, live, mayTake }: Wish,
  signal: AbortSignal,
): Promise<DryRun> {
  const asked = { name, object, dryRun: true };
  const result = (after: JsonObject, force: boolean): WantedObject => ({
    name,
    object,
    live,
    after,
    force,
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

/** The failure of fields that others have set. */
export function conflict(name: Wish['name'], fields: readonly OthersField[]): Failure {
  const shown = fields.slice(0, mostShown).map((field) => oneLine(fieldText(field)));
  const more = fields.length - shown.length;
  if (more > 0) shown.push(`${more} more`);
  return Failure.of('k8s/conflict', {
    object: `${name.resource.kind.toLowerCase()}/${name.name}`,
    fields: `${shown.join('; ')}.`,
  });
}

const mostShown = 20;

/** `spec.replicas of kubectl` */
export function fieldText({ path, manager }: OthersField): string {
  return `${path.replace(/^\./, '')}, by ${manager}`;
}
