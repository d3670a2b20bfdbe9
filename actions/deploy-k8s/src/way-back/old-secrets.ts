import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import { secretsLabel, secretsLabelOf } from '../change/secret-object.ts';
import { containerLists, containersOf } from '../workload/pod-template.ts';
import type { WantedWorkload } from '../workload/prepared.ts';
import type { Revision } from './revisions.ts';

/** Whose Secrets are tidied. */
export interface Tidied {
  readonly workload: Pick<WantedWorkload, 'kind' | 'name'>;
  /** Newest first. */
  readonly revisions: readonly Revision[];
  /** Templates of pods whose Secrets stay: what runs, and what a rollback may lead to. */
  readonly kept: readonly JsonObject[];
}

/**
 * Deletes the Secrets of `secrets` that only revisions name which no rollback leads to any more. They
 * are found by those revisions, as listing Secrets would need a permission to read all of them.
 * @returns their names
 */
export async function deleteOldSecrets(
  api: KubernetesApi,
  { kept, revisions, workload: { kind, name: of } }: Tidied,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const resource = await api.resource({ apiVersion: 'v1', kind: 'Secret' }, signal);
  if (!resource) return [];
  const stays = new Set(kept.flatMap(secretsIn));
  const deleted: string[] = [];
  for (const secret of new Set(revisions.flatMap(({ template }) => secretsIn(template)))) {
    if (stays.has(secret) || !secret.includes('-env-')) continue;
    const name = { resource, namespace: of.namespace, name: secret };
    const found = await api.get(name, signal);
    // Those that are older went with an earlier run.
    if (!found) break;
    const metadata = objectIn(found, 'metadata');
    const uid = textIn(metadata, 'uid');
    const owner = textIn(objectIn(metadata, 'labels'), secretsLabel);
    if (owner !== secretsLabelOf({ kind, name: of.name }) || uid === undefined) continue;
    await api.delete({ name, only: { uid } }, signal);
    deleted.push(secret);
  }
  return deleted;
}

/** Names of the Secrets that variables of a template are from. */
function secretsIn(template: JsonObject): readonly string[] {
  return containerLists
    .flatMap((list) => containersOf(template, list))
    .flatMap((container) => objectsIn(container, 'env'))
    .map((variable) => objectIn(objectIn(variable, 'valueFrom'), 'secretKeyRef'))
    .flatMap((from) => textIn(from, 'name') ?? []);
}
