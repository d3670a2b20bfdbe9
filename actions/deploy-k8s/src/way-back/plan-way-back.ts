import type { RollbackTo } from '@slipway/shared/deploy/target';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import type { WantedWorkload } from '../workload/prepared.ts';
import { provenRecord } from './proven-record.ts';
import type { Revision } from './revisions.ts';

/** Where a rollback of a workload leads. */
export interface WayBack {
  readonly rollback: RollbackTo;
  /** What serves before the first step. */
  readonly serves: 'previous' | 'nothing' | 'unknown';
  /** The pod template to go back to; undefined where it is that of the workload as it is. */
  readonly template: JsonObject | undefined;
  /** The image of that template, where it is another one than runs. */
  readonly image: string | undefined;
  readonly notes: readonly string[];
}

/**
 * The way back leads to the revision that was last proven, whatever came after it: what runs now may
 * be a version that was never proven.
 * @param revisions of the workload, newest first
 */
export function planWayBack(
  { live, kind }: Pick<WantedWorkload, 'live' | 'kind'>,
  revisions: readonly Revision[],
): WayBack {
  if (!live) {
    return {
      rollback: { to: 'nothing' },
      serves: 'nothing',
      template: undefined,
      image: undefined,
      notes: [],
    };
  }
  const serves = isServing(live) ? 'previous' : 'unknown';
  const asItIs = {
    rollback: { to: 'previous' },
    serves,
    template: undefined,
    image: undefined,
  } as const;
  if (kind === 'Job') {
    const why = 'the pods of a Job cannot be changed back';
    return { ...asItIs, rollback: { to: 'none', why }, notes: [] };
  }
  const record = provenRecord(live);
  const current = currentRevision(kind, live, revisions);
  if (!record || record.revision === current?.name) return { ...asItIs, notes: [] };
  const proven = revisions.find(({ name }) => name === record.revision);
  if (!proven) {
    const note = `The revision that was last proven (${record.image}) is not kept by the cluster any more, so a rollback leads to what runs now, which was not proven by this action.`;
    return { ...asItIs, notes: [note] };
  }
  const note = `What runs now was not proven by this action; a rollback leads to ${record.image}, which was.`;
  return { ...asItIs, template: proven.template, image: record.image, notes: [note] };
}

/** The revision that a workload is set to; undefined where the cluster does not say. */
export function currentRevision(
  kind: string,
  live: JsonObject,
  revisions: readonly Revision[],
): Revision | undefined {
  const [newest] = revisions;
  switch (kind) {
    case 'Deployment': {
      const annotations = objectIn(objectIn(live, 'metadata'), 'annotations');
      const number = Number(textIn(annotations, 'deployment.kubernetes.io/revision'));
      return revisions.find((one) => one.number === number) ?? newest;
    }
    case 'StatefulSet': {
      const name = textIn(objectIn(live, 'status'), 'updateRevision');
      return revisions.find((one) => one.name === name) ?? newest;
    }
    default:
      return newest;
  }
}

function isServing(live: JsonObject): boolean {
  const status = objectIn(live, 'status');
  return Number(status['availableReplicas'] ?? status['numberAvailable'] ?? 0) > 0;
}
