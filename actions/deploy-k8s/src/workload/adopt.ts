import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { fieldManager, type KubernetesApi, Outdated } from '../api/kubernetes-api.ts';
import { entriesOf, hasApplied } from './field-owners.ts';
import type { WantedObject } from './prepared.ts';

/** Who has written all of an object from a file, of which we take the place. */
const fileWriters = new Set(['before-first-apply', 'kubectl-client-side-apply']);

/**
 * An object as if we had applied what kubectl did: else a field that is in the manifests no more would
 * stay for ever, as kubectl still seems to want it (kubernetes/kubernetes#99003).
 * @returns undefined where there is nothing to take the place of
 */
export function adopted(live: JsonObject): JsonObject | undefined {
  const entries = entriesOf(live);
  if (hasApplied(live, fieldManager)) return undefined;
  // One entry can become ours; with two, the server would refuse the second one.
  const [old, ...more] = entries.filter(
    (one) =>
      fileWriters.has(textIn(one, 'manager') ?? '') && textIn(one, 'subresource') === undefined,
  );
  if (old === undefined || more.length > 0) return undefined;
  const managedFields = entries.map((one) =>
    one === old ? { ...one, manager: fieldManager, operation: 'Apply' } : one,
  );
  return { ...live, metadata: { ...objectIn(live, 'metadata'), managedFields } };
}

/** Somebody who writes the object all the time, such as its status, must not keep us from it. */
const mostTries = 10;

/**
 * Makes what kubectl has applied of an object ours, where that is wanted, so that the apply that follows
 * takes away what is not wanted any more. Nothing that runs changes by it.
 */
export async function adopt(
  api: KubernetesApi,
  { adopts, name }: Pick<WantedObject, 'adopts' | 'name'>,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; adopts && tries < mostTries; tries += 1) {
    const live = await api.get(name, signal);
    const ours = live && adopted(live);
    if (!ours) return;
    const { managedFields, resourceVersion } = objectIn(ours, 'metadata');
    const patch: JsonObject = { metadata: { managedFields, resourceVersion } };
    try {
      await api.patch({ name, patch }, signal);
      return;
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
    }
  }
}
