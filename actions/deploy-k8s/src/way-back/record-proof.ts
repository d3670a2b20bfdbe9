import type { WorkloadParts } from '../parts.ts';
import type { Prepared } from '../workload/prepared.ts';
import { currentRevision } from './plan-way-back.ts';
import { provenPatch } from './proven-record.ts';
import { revisionsOf } from './revisions.ts';

/**
 * Writes onto the workload that what runs now is proven: a later rollback leads to it.
 * @returns number of its revision; empty where the kind has none
 */
export async function recordProof(
  { api, release }: Pick<WorkloadParts, 'api' | 'release'>,
  { image, main }: Prepared,
  signal: AbortSignal,
): Promise<string> {
  const live = await api.get(main.name, signal);
  if (!live) return '';
  const revisions = await revisionsOf(api, main.name, live, signal);
  const current = currentRevision(main.kind, live, revisions);
  if (!current) return '';
  const record = { revision: current.name, image, ...release };
  await api.patch({ name: main.name, patch: provenPatch(record) }, signal);
  return String(current.number);
}
