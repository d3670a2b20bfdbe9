import type { Asked, Route } from '../arm/route.ts';
import { versions } from '../arm/versions.ts';
import { deleteGroup, getGroup, listGroups, patchGroup, putGroup } from './groups.ts';
import { restartGroup, startGroup, stopGroup } from './life.ts';
import { capabilities, usages } from './location.ts';
import { containerLogs } from './logs.ts';
import { operationResult, operationStatus } from './long-running.ts';
import type { AciParts } from './parts.ts';
import { getResourceGroup } from './resource-group.ts';

const subscription = '/subscriptions/{subscription}';
const group = `${subscription}/resourceGroups/{resourceGroup}`;
const provider = 'providers/Microsoft.ContainerInstance';
const one = `${group}/${provider}/containerGroups/{name}`;
const location = `${subscription}/${provider}/locations/{location}`;

/** The operations of Microsoft.ContainerInstance, and what of Microsoft.Resources clients of it ask. */
export function aciRoutes(parts: AciParts): Route[] {
  const all = { versions: versions.containerInstance };
  const read = { ...all, method: 'GET', kind: 'reads' } as const;
  const post = { ...all, method: 'POST', kind: 'writes' } as const;
  const of = 'Microsoft.ContainerInstance';
  const groups = `${of}/containerGroups`;
  // As with real requests, what was due until now has happened before an answer is given.
  const now = (run: (parts: AciParts, asked: Asked) => ReturnType<Route['run']>): Route['run'] => {
    return (asked) => {
      parts.world.foundation.timeline.advance();
      return run(parts, asked);
    };
  };
  return [
    {
      method: 'GET',
      kind: 'reads',
      versions: versions.resources,
      path: group,
      action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
      run: now(getResourceGroup),
    },
    { ...read, path: one, action: `${groups}/read`, run: now(getGroup) },
    {
      ...all,
      kind: 'creations',
      method: 'PUT',
      path: one,
      action: `${groups}/write`,
      run: now(putGroup),
    },
    {
      ...all,
      kind: 'writes',
      method: 'PATCH',
      path: one,
      action: `${groups}/write`,
      run: now(patchGroup),
    },
    {
      ...all,
      kind: 'removals',
      method: 'DELETE',
      path: one,
      action: `${groups}/delete`,
      run: now(deleteGroup),
    },
    {
      ...read,
      path: `${group}/${provider}/containerGroups`,
      action: `${groups}/read`,
      run: now(listGroups),
    },
    {
      ...read,
      path: `${subscription}/${provider}/containerGroups`,
      action: `${groups}/read`,
      run: now(listGroups),
    },
    { ...post, path: `${one}/start`, action: `${groups}/start/action`, run: now(startGroup) },
    { ...post, path: `${one}/stop`, action: `${groups}/stop/action`, run: now(stopGroup) },
    { ...post, path: `${one}/restart`, action: `${groups}/restart/action`, run: now(restartGroup) },
    {
      ...read,
      path: `${one}/containers/{container}/logs`,
      action: `${groups}/containers/logs/read`,
      run: now(containerLogs),
    },
    {
      ...read,
      path: `${location}/usages`,
      action: `${of}/locations/usages/read`,
      run: now(usages),
    },
    {
      ...read,
      path: `${location}/capabilities`,
      action: `${of}/locations/capabilities/read`,
      run: now(capabilities),
    },
    {
      ...read,
      path: `${location}/operations/{operation}`,
      action: `${of}/locations/operations/read`,
      run: now(operationStatus),
    },
    {
      ...read,
      path: `${location}/operationresults/{operation}`,
      action: `${of}/locations/operationresults/read`,
      run: now(operationResult),
    },
  ];
}
