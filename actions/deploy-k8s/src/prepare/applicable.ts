import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import type { ObjectName } from '../api/kubernetes-api.ts';
import { serverFields } from '../workload/server-fields.ts';

/** An object as it can be applied: named in full, and without what only the server writes. */
export function applicable(object: JsonObject, name: ObjectName): JsonObject {
  const { status: _, ...rest } = object;
  const own = Object.entries(objectIn(object, 'metadata')).filter(
    ([field]) => !serverFields.includes(field) && field !== 'namespace',
  );
  return {
    ...rest,
    apiVersion: name.resource.apiVersion,
    kind: name.resource.kind,
    metadata: {
      ...Object.fromEntries(own),
      name: name.name,
      ...(name.namespace !== undefined && { namespace: name.namespace }),
    },
  };
}
