import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { generationOf, type WrittenChange } from './rollout-view.ts';
import { isSame, templateOf } from './template.ts';

/** What somebody else did to a workload while its rollout is watched. */
export function interference(
  live: JsonObject | undefined,
  { object, text }: WrittenChange,
): Failure | undefined {
  const uid = (one: JsonObject) => textIn(objectIn(one, 'metadata'), 'uid');
  const isGoing = live && objectIn(live, 'metadata')['deletionTimestamp'] !== undefined;
  if (!live || isGoing || uid(live) !== uid(object)) {
    return Failure.of('k8s/deleted-meanwhile', { workload: text });
  }
  if (generationOf(live) <= generationOf(object)) return undefined;
  if (!isSame(templateOf(live), templateOf(object))) {
    const who = changersOf(live, object).map(oneLine).join(', ') || 'somebody else';
    return Failure.of('k8s/changed-meanwhile', { workload: text, who });
  }
  const spec = objectIn(live, 'spec');
  if (spec['paused'] === true || spec['suspend'] === true) {
    return Failure.of('k8s/paused-meanwhile', { workload: text });
  }
  return undefined;
}

// Empty where they are not known.
function changersOf(live: JsonObject, written: JsonObject): readonly string[] {
  const stamp = (entry: JsonObject) => `${textIn(entry, 'manager')} ${textIn(entry, 'time')}`;
  const known = new Set(managedFields(written).map(stamp));
  return managedFields(live)
    .filter((entry) => !known.has(stamp(entry)) && !entry['subresource'] && setsTemplate(entry))
    .map((entry) => textIn(entry, 'manager') ?? '')
    .filter((name) => name !== '');
}

function managedFields(object: JsonObject): readonly JsonObject[] {
  return objectsIn(objectIn(object, 'metadata'), 'managedFields');
}

function setsTemplate(entry: JsonObject): boolean {
  return objectIn(objectIn(entry, 'fieldsV1'), 'f:spec')['f:template'] !== undefined;
}
