import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';

/** The pod template of a workload, or of a ReplicaSet without what its controller adds. */
export function templateOf(object: JsonObject): JsonObject {
  const template = objectIn(objectIn(object, 'spec'), 'template');
  const metadata = objectIn(template, 'metadata');
  const { 'pod-template-hash': _, ...labels } = objectIn(metadata, 'labels');
  return { ...template, metadata: { ...metadata, labels } };
}

/** Whether two JSON values are equal, whatever the order of their fields; null is as good as nothing. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return (a ?? undefined) === (b ?? undefined);
  if (a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, at) => isSame(item, b[at]))
    );
  }
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].every((name) => isSame(left.get(name), right.get(name)));
}
