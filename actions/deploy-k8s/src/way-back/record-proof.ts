import { messageOf } from '@slipway/shared/failure/failure';
import type { WorkloadParts } from '../parts.ts';
import { podTemplateOf } from '../workload/pod-template.ts';
import type { Prepared } from '../workload/prepared.ts';
import { deleteOldSecrets } from './old-secrets.ts';
import { currentRevision } from './plan-way-back.ts';
import { provenPatch, provenRecord } from './proven-record.ts';
import { revisionsOf } from './revisions.ts';

/** What the record is made with. */
export type RecordParts = Pick<WorkloadParts, 'api' | 'commands' | 'release'> & {
  settings: Pick<WorkloadParts['settings'], 'secrets'>;
};

/**
 * Writes onto the workload that what runs now is proven: a later rollback leads to it. Then deletes the
 * Secrets that none leads to.
 * @returns number of its revision; empty where the kind has none
 */
export async function recordProof(
  { api, commands, release, settings }: RecordParts,
  { image, main }: Pick<Prepared, 'image' | 'main'>,
  signal: AbortSignal,
): Promise<string> {
  const live = await api.get(main.name, signal);
  if (!live) return '';
  const revisions = await revisionsOf(api, main.name, live, signal);
  const current = currentRevision(main.kind, live, revisions);
  if (!current) return '';
  const record = { revision: current.name, image, ...release };
  await api.patch({ name: main.name, patch: provenPatch(record) }, signal);
  if (settings.secrets !== undefined && settings.secrets.size > 0) {
    const before = provenRecord(live)?.revision;
    const proven = revisions.filter(({ name }) => name === before);
    const kept = [current, ...proven].map(({ template }) => template);
    const runs = [live, ...(main.live ? [main.live] : [])];
    const all = [...kept, ...runs.map((one) => podTemplateOf(main.kind, one))];
    try {
      const tidied = { workload: main, revisions, kept: all };
      const deleted = await deleteOldSecrets(api, tidied, signal);
      if (deleted.length > 0) {
        commands.info(`Deleted ${deleted.join(', ')}, to which no rollback leads.`);
      }
    } catch (error) {
      commands.info(`Old Secrets of ${main.name.name} stay: ${messageOf(error)}`);
    }
  }
  return String(current.number);
}
