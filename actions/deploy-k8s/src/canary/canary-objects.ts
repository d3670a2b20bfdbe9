import { type JsonObject, objectIn, objectsIn } from '@slipway/shared/document/json-object';

/** Label of what belongs to a canary: name of the workload that it is beside. */
export const canaryLabel = 'slipway-canary-of';
const suffix = '-canary';
/** Longest value of a label. */
const longest = 63;

/** Name of what is beside something: `shop-canary`. */
export function beside(name: string): string {
  return `${name.slice(0, longest - suffix.length)}${suffix}`;
}

/**
 * The Deployment of a canary: the new version, with labels of its own, so that neither the Service of
 * the workload nor its selector finds the pods.
 * @param wanted the Deployment as the server would store it
 * @param service the Service in front of it
 * @param percent the largest share of the traffic, by which pods are counted
 */
export function canaryDeployment(
  wanted: JsonObject,
  service: JsonObject,
  percent: number,
): JsonObject {
  const [metadata, spec] = [objectIn(wanted, 'metadata'), objectIn(wanted, 'spec')];
  const name = String(metadata['name']);
  const template = objectIn(spec, 'template');
  const own = ownLabels(wanted, service);
  const replicas = Math.max(1, Math.ceil((Number(spec['replicas'] ?? 1) * percent) / 100));
  const { annotations } = objectIn(template, 'metadata');
  return {
    apiVersion: wanted['apiVersion'],
    kind: wanted['kind'],
    metadata: {
      name: beside(name),
      namespace: metadata['namespace'],
      labels: { [canaryLabel]: name },
    },
    spec: {
      replicas,
      revisionHistoryLimit: 0,
      minReadySeconds: spec['minReadySeconds'],
      selector: { matchLabels: own },
      template: {
        metadata: {
          labels: { ...objectIn(objectIn(template, 'metadata'), 'labels'), ...own },
          annotations,
        },
        spec: template['spec'],
      },
    },
  };
}

/** The Service of a canary: the ports of the one that users reach, to the pods of the canary. */
export function canaryService(service: JsonObject, workload: JsonObject): JsonObject {
  const metadata = objectIn(service, 'metadata');
  const name = String(objectIn(workload, 'metadata')['name']);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: beside(String(metadata['name'])),
      namespace: metadata['namespace'],
      labels: { [canaryLabel]: name },
    },
    spec: { selector: ownLabels(workload, service), ports: withoutNodePorts(service) },
  };
}

/** Each label by which the workload or the Service finds its pods, with another value. */
function ownLabels(workload: JsonObject, service: JsonObject): JsonObject {
  const selector = objectIn(objectIn(workload, 'spec'), 'selector');
  const asked = {
    ...objectIn(selector, 'matchLabels'),
    ...objectIn(objectIn(service, 'spec'), 'selector'),
  };
  const own = Object.entries(asked).map(([key, value]) => [key, beside(String(value))]);
  const { name } = objectIn(workload, 'metadata');
  return { ...Object.fromEntries(own), [canaryLabel]: name };
}

function withoutNodePorts(service: JsonObject): readonly JsonObject[] {
  return objectsIn(objectIn(service, 'spec'), 'ports').map(({ nodePort: _, ...port }) => port);
}
