import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  textIn,
} from '@slipway/shared/document/json-object';
import type { WantedObject } from '../workload/prepared.ts';

/**
 * Objects that are not there yet and that a pod needs to start, such as the Secret of this run. They are
 * new, so nothing that serves uses them.
 */
export function neededObjects(
  podSpec: JsonObject,
  objects: readonly WantedObject[],
): readonly WantedObject[] {
  const names = referredTo(podSpec);
  return objects.filter(({ live, name }) => {
    const { kind } = name.resource;
    return live === undefined && (kind === 'Namespace' || names.has(`${kind} ${name.name}`));
  });
}

/** Objects that are there, are changed by the rollout, and that the pod has as they were. */
export function staleObjects(
  podSpec: JsonObject,
  objects: readonly WantedObject[],
): readonly WantedObject[] {
  const names = referredTo(podSpec);
  return objects.filter(
    ({ isChanged, live, name }) =>
      live !== undefined && isChanged && names.has(`${name.resource.kind} ${name.name}`),
  );
}

/** Where a pod names other objects: `Secret db` */
function referredTo(spec: JsonObject): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (kind: string, object: JsonObject, field: string) => {
    const name = textIn(object, field);
    if (name !== undefined) found.add(`${kind} ${name}`);
  };
  const visit = (value: Json | undefined, field: string): void => {
    if (isJsonList(value)) {
      for (const item of value) visit(item, field);
    }
    if (value === undefined || !isJsonObject(value)) return;
    if (/^secret/.test(field) || field === 'imagePullSecrets') {
      add('Secret', value, 'name');
      add('Secret', value, 'secretName');
    }
    if (/^configMap/.test(field)) add('ConfigMap', value, 'name');
    if (field === 'persistentVolumeClaim') add('PersistentVolumeClaim', value, 'claimName');
    for (const [name, inner] of Object.entries(value)) visit(inner, name);
  };
  visit(spec, '');
  add('ServiceAccount', spec, 'serviceAccountName');
  return found;
}
