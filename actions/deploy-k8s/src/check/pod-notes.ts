import { type JsonObject, objectIn, objectsIn } from '@slipway/shared/document/json-object';
import { containersOf, nameOf } from '../workload/pod-template.ts';

/** What lets requests be lost or a broken version look healthy, one sentence each. */
export function podNotes(template: JsonObject, workload: string): readonly string[] {
  const serving = containersOf(template).filter((one) => objectsIn(one, 'ports').length > 0);
  return serving.flatMap((container) => {
    const name = nameOf(container);
    const notes: string[] = [];
    if (container['readinessProbe'] === undefined) {
      notes.push(
        `The container ${name} of ${workload} has no readinessProbe: it gets requests as soon as its process runs.`,
      );
    }
    if (objectIn(container, 'lifecycle')['preStop'] === undefined) {
      notes.push(
        `The container ${name} of ${workload} has no preStop: requests that are still sent to a pod that stops may be lost. \`lifecycle: {preStop: {sleep: {seconds: 5}}}\` waits for them.`,
      );
    }
    return notes;
  });
}
