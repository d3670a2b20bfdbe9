import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { GroupName } from '../api/aci-api.ts';
import { withoutReleaseTags } from '../group/document/writable.ts';
import { besideName } from '../rollout/candidate.ts';

/** On the one-off group: name of the group that it runs before. */
export const oneOffTag = 'slipway-run-before-of';

/** Name of the one-off group of a container group. */
export function oneOffName({ name, resourceGroup }: GroupName): GroupName {
  return { resourceGroup, name: besideName(name, '-before') };
}

/**
 * The group in which a command runs once: one container as the new version has it, with its image,
 * environment, secrets, volumes, network and identity, without what only serves. What is not known
 * here is kept.
 * @throws Failure `aci/run-before-refused` where there is no such container
 */
export function oneOffGroup(
  document: JsonObject,
  of: { owner: string; container: string; command: readonly string[] },
): JsonObject {
  const { command, container, owner } = of;
  const properties = objectIn(document, 'properties');
  const all = objectsIn(properties, 'containers');
  const own = all.find((one) => one['name'] === container);
  if (!own) {
    const names = all.map((one) => textIn(one, 'name')).join(', ') || 'none';
    const why = `the container group has no container ${container}, but ${names}`;
    throw Failure.of('aci/run-before-refused', { why });
  }
  const inner = without(objectIn(own, 'properties'), ofServing.container);
  const mounted = new Set(objectsIn(inner, 'volumeMounts').map((one) => one['name']));
  const volumes = objectsIn(properties, 'volumes').filter((one) => mounted.has(one['name']));
  return {
    ...without(document, ofServing.group),
    // Tags of a release would say that it is one.
    tags: { ...objectIn(withoutReleaseTags(document), 'tags'), [oneOffTag]: owner },
    properties: {
      ...without(properties, ofServing.properties),
      restartPolicy: 'Never',
      containers: [{ name: container, properties: { ...inner, command: [...command] } }],
      ...(volumes.length > 0 && { volumes }),
    },
  };
}

/** Whether a group was made to run a command before this one. */
export function isOneOffOf(group: JsonObject, owner: string): boolean {
  return textIn(objectIn(group, 'tags'), oneOffTag) === owner;
}

/** Whether the group would get an identity of its own, which has no rights anywhere. */
export function hasOwnIdentity(document: JsonObject): boolean {
  return /SystemAssigned/i.test(textIn(objectIn(document, 'identity'), 'type') ?? '');
}

const ofServing = {
  group: ['id', 'name', 'type', 'tags', 'systemData'],
  properties: [
    'containers',
    'initContainers',
    'volumes',
    'ipAddress',
    'restartPolicy',
    'containerGroupProfile',
    'standbyPoolProfile',
    'isCreatedFromStandbyPool',
    'instanceView',
    'provisioningState',
  ],
  container: ['command', 'ports', 'livenessProbe', 'readinessProbe', 'instanceView'],
};

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
