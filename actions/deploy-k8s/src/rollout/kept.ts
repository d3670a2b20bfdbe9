import { type JsonObject, objectIn, objectsIn } from '@slipway/shared/document/json-object';

// A rollout may have hundreds of pods, and a namespace thousands of events: what nothing here reads is
// most of each of them.

/** What is kept of a pod: neither its environment nor its volumes, which may be long. */
export function keptOfPod(pod: JsonObject): JsonObject {
  const spec = objectIn(pod, 'spec');
  const containers = (list: string) =>
    objectsIn(spec, list).map(({ env, envFrom, volumeMounts, ...container }) => container);
  const { tolerations, volumes, ...rest } = spec;
  return {
    ...keptOfRevision(pod),
    spec: {
      ...rest,
      containers: containers('containers'),
      ...(spec['initContainers'] !== undefined && { initContainers: containers('initContainers') }),
    },
  };
}

/** What is kept of a ReplicaSet or a ControllerRevision: its template is compared. */
export function keptOfRevision(object: JsonObject): JsonObject {
  const { managedFields, ...metadata } = objectIn(object, 'metadata');
  return { ...object, metadata };
}

/** What is kept of an event. */
export function keptOfEvent(event: JsonObject): JsonObject {
  const { creationTimestamp, resourceVersion, uid } = objectIn(event, 'metadata');
  const { fieldPath, name, uid: about } = objectIn(event, 'involvedObject');
  const { count, eventTime, firstTimestamp, lastTimestamp, message, reason, series, type } = event;
  return {
    metadata: { creationTimestamp, resourceVersion, uid },
    involvedObject: { fieldPath, name, uid: about },
    ...{ count, eventTime, firstTimestamp, lastTimestamp, message, reason, series, type },
  };
}
