import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { within } from '../workload/pod-template.ts';

/** Label of the Jobs that were made of one: its own name. */
export const jobLabel = 'slipway-job';

/** Value of {@link jobLabel}. */
export function jobLabelOf(name: string): string {
  return name.slice(0, 63).replace(/[^a-z0-9]+$/, '');
}

/**
 * A Job for one release: its pods cannot be changed once it is there, so each content has a name of its
 * own, and what it did before stays to be looked at (docs/decisions/0107).
 * @param isFailed whether a Job of a name has failed: what failed is run anew, under the next name
 */
export async function releaseJob(
  job: JsonObject,
  isFailed: (name: string) => Promise<boolean>,
): Promise<JsonObject> {
  const metadata = objectIn(job, 'metadata');
  const base = textIn(metadata, 'name') ?? '';
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(JSON.stringify(job['spec'])).digest('hex').slice(0, 10);
  const named = (suffix: string) => `${base.slice(0, 63 - suffix.length)}${suffix}`;
  let name = named(`-${hash}`);
  for (let attempt = 2; await isFailed(name); attempt += 1) name = named(`-${hash}-${attempt}`);
  const labels = { ...objectIn(metadata, 'labels'), [jobLabel]: jobLabelOf(base) };
  return { ...job, metadata: { ...metadata, name, labels } };
}

/** What can be created anew of a Job that is there: without what ties it to its own pods. */
export function jobAgain(live: JsonObject): JsonObject {
  const withoutTies = within(
    live,
    ['spec'],
    ({ selector: _, manualSelector: __, ...spec }) => spec,
  );
  return within(withoutTies, ['spec', 'template', 'metadata'], (metadata) => {
    const labels = Object.entries(objectIn(metadata, 'labels')).filter(
      ([label]) => !/^(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name)$/.test(label),
    );
    const { creationTimestamp: _, ...rest } = metadata;
    return { ...rest, labels: Object.fromEntries(labels) };
  });
}

/** Whether a Job has failed for good. */
export function hasFailed(job: JsonObject): boolean {
  return objectsIn(objectIn(job, 'status'), 'conditions').some(
    (one) => textIn(one, 'type') === 'Failed' && textIn(one, 'status') === 'True',
  );
}
