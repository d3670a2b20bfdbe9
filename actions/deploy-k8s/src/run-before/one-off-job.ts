import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';

/** Label of the Job and its pod: name of the workload that it runs before. */
export const oneOffLabel = 'slipway-run-before';
/** Annotation of the Job: which attempt of which run made it. */
export const oneOffToken = 'slipway-run';

/** What a one-off Job is made for. */
export interface OneOff {
  /** Of the Job. */
  readonly name: string;
  readonly namespace: string;
  /** Of the workload. */
  readonly workload: string;
  readonly container: string;
  /** Never empty. */
  readonly command: readonly string[];
  readonly token: string;
  /** Milliseconds after which the cluster ends it, where nobody else does. */
  readonly limit: number;
}

/** So long it can be looked at once it is over, in seconds. */
const keptFor = 600;

/**
 * The Job in which a command runs once: one container as the new version has it, with its image,
 * environment, volumes, service account and security, and its sidecars that end by themselves, without
 * what only serves. Its pod has no label that a Service, or the workload, may look for.
 * @param workload as it will be
 * @throws Failure `k8s/run-before-refused` where there is no such container
 */
export function oneOffJob(workload: JsonObject, one: OneOff): JsonObject {
  const template = podTemplateOf(workload);
  const spec = objectIn(template, 'spec');
  const own = objectsIn(spec, 'containers').find(({ name }) => name === one.container);
  if (!own) {
    const names = objectsIn(spec, 'containers').map((other) => textIn(other, 'name'));
    const why = `the workload has no container ${one.container}, but ${names.join(', ') || 'none'}`;
    throw Failure.of('k8s/run-before-refused', { why });
  }
  const volumes = objectsIn(spec, 'volumes');
  const sidecars = objectsIn(spec, 'initContainers')
    .filter(({ restartPolicy }) => restartPolicy === 'Always')
    .map((sidecar) => mounted(without(sidecar, ['ports']), volumes));
  const main = {
    ...mounted(without(own, ofServing.container), volumes),
    command: [...one.command],
  };
  const used = new Set([main, ...sidecars].flatMap((each) => mountsOf(each)));
  const kept = volumes.filter((volume) => used.has(textIn(volume, 'name')));
  const labels = { [oneOffLabel]: one.workload.slice(0, 63) };
  const metadata = objectIn(template, 'metadata');
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: one.name,
      namespace: one.namespace,
      labels,
      annotations: { [oneOffToken]: one.token },
    },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: keptFor,
      activeDeadlineSeconds: Math.ceil(one.limit / 1_000) + 30,
      template: {
        metadata: {
          labels: { ...identityLabels(objectIn(metadata, 'labels')), ...labels },
          annotations: objectIn(metadata, 'annotations'),
        },
        spec: {
          ...without(spec, ofServing.pod),
          ...affinityOf(spec),
          restartPolicy: 'Never',
          containers: [main],
          ...(sidecars.length > 0 && { initContainers: sidecars }),
          ...(kept.length > 0 && { volumes: kept }),
        },
      },
    },
  };
}

/** The pod template of a workload of any kind. */
export function podTemplateOf(workload: JsonObject): JsonObject {
  const spec = objectIn(workload, 'spec');
  const job = objectIn(objectIn(spec, 'jobTemplate'), 'spec');
  return objectIn(spec['jobTemplate'] === undefined ? spec : job, 'template');
}

const ofServing = {
  container: [
    'args',
    'command',
    'lifecycle',
    'livenessProbe',
    'ports',
    'readinessProbe',
    'startupProbe',
  ],
  pod: [
    'activeDeadlineSeconds',
    'affinity',
    'containers',
    'ephemeralContainers',
    'hostname',
    'initContainers',
    'readinessGates',
    'restartPolicy',
    'schedulingGates',
    'subdomain',
    'topologySpreadConstraints',
    'volumes',
  ],
};

// Rules about other pods go by labels of the workload, and would keep it from a small cluster.
function affinityOf(spec: JsonObject): JsonObject {
  const { nodeAffinity } = objectIn(spec, 'affinity');
  return nodeAffinity === undefined ? {} : { affinity: { nodeAffinity } };
}

/** Without these a pod has not the identity of its service account. */
function identityLabels(labels: JsonObject): JsonObject {
  const name = 'azure.workload.identity/use';
  return labels[name] === undefined ? {} : { [name]: labels[name] };
}

function mountsOf(container: JsonObject): readonly (string | undefined)[] {
  const all = [...objectsIn(container, 'volumeMounts'), ...objectsIn(container, 'volumeDevices')];
  return all.map((mount) => textIn(mount, 'name'));
}

// The volumes of a StatefulSet's claims belong to one pod each, and are no part of its template.
function mounted(container: JsonObject, volumes: readonly JsonObject[]): JsonObject {
  const names = new Set(volumes.map((volume) => textIn(volume, 'name')));
  const kept = (list: string) =>
    objectsIn(container, list).filter((mount) => names.has(textIn(mount, 'name')));
  const [mounts, devices] = [kept('volumeMounts'), kept('volumeDevices')];
  return {
    ...without(container, ['volumeMounts', 'volumeDevices']),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(devices.length > 0 && { volumeDevices: devices }),
  };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
