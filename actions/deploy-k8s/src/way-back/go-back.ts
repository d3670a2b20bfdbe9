import type { JsonObject } from '@slipway/shared/document/json-object';
import type { WorkloadParts } from '../parts.ts';
import type { Prepared, WantedObject } from '../workload/prepared.ts';
import type { AppliedObjects } from './applied-objects.ts';
import type { WayBack } from './plan-way-back.ts';
import { replaceStuckPods } from './stuck-pods.ts';

/**
 * Gives every object what it had before, and deletes what was not there.
 * @returns the objects as the server stored them, by what was wanted of them
 */
export async function goBack(
  { api, clock, commands }: Pick<WorkloadParts, 'api' | 'clock' | 'commands'>,
  { applied, prepared, wayBack }: { applied: AppliedObjects; prepared: Prepared; wayBack: WayBack },
  signal: AbortSignal,
): Promise<ReadonlyMap<WantedObject, JsonObject>> {
  const restored = await applied.restore(
    (wanted) => (wanted === prepared.main ? wayBack.template : undefined),
    signal,
  );
  for (const { name } of restored.keys()) {
    if (name.resource.kind !== 'StatefulSet') continue;
    const replaced = await replaceStuckPods(api, { clock, name }, signal);
    if (replaced.length > 0) {
      commands.info(`Deleted ${replaced.join(', ')}, which Kubernetes would wait for for ever.`);
    }
  }
  await applied.deleteCreated(signal);
  return restored;
}
