import {
  isJsonObject,
  type JsonObject,
  jsonIn,
  objectIn,
  textIn,
} from '@slipway/shared/document/json-object';

/** What a workload says of the revision that was last proven. */
export interface ProvenRecord {
  /** Name of its ReplicaSet or ControllerRevision. */
  readonly revision: string;
  /** By digest. */
  readonly image: string;
  /** Address of the run. */
  readonly run: string;
  readonly commit: string;
}

/** The annotation of a workload that holds it, as JSON. */
export const provenAnnotation = 'slipway-proven';

/** The record of a workload; undefined where it has none that can be read. */
export function provenRecord(workload: JsonObject): ProvenRecord | undefined {
  const text = textIn(objectIn(objectIn(workload, 'metadata'), 'annotations'), provenAnnotation);
  const record = text === undefined ? undefined : jsonIn(text);
  if (!isJsonObject(record)) return undefined;
  const revision = textIn(record, 'revision');
  if (revision === undefined) return undefined;
  const [image = '', run = '', commit = ''] = [
    textIn(record, 'image'),
    textIn(record, 'run'),
    textIn(record, 'commit'),
  ];
  return { revision, image, run, commit };
}

/** A merge patch that records a proof. */
export function provenPatch(record: ProvenRecord): JsonObject {
  return { metadata: { annotations: { [provenAnnotation]: JSON.stringify(record) } } };
}
