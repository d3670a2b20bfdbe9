import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import { ArmError } from '../arm/arm-error.ts';
import { checkedAnswer, checkedJson } from '../arm/json-body.ts';
import type { Asked } from '../arm/route.ts';
import { published } from '../arm/versions.ts';
import type { GroupBody } from './body.ts';
import type { ContainerGroup, GroupPlace } from './group.ts';
import { needLinked } from './linked.ts';
import { operationHeaders } from './long-running.ts';
import type { AciParts } from './parts.ts';
import { checkBody } from './refuse/body.ts';
import { checkImages } from './refuse/images.ts';
import { checkPlace } from './refuse/place.ts';
import { checkUpdate } from './refuse/update.ts';
import { resourceGroupOf } from './resource-group.ts';
import { shown } from './shown.ts';

/** @throws ArmError `ResourceGroupNotFound`, `ResourceNotFound` */
export function groupOf({ seed, world }: AciParts, { part }: Asked): ContainerGroup {
  const resourceGroup = resourceGroupOf(seed, part('resourceGroup'));
  const found = world.find(idOf(seed.subscriptionId, resourceGroup.name, part('name')));
  if (found) return found;
  throw new ArmError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.ContainerInstance/containerGroups/${part('name')}' under resource group '${part('resourceGroup')}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** @throws ArmError `ContainerGroupTransitioning` */
export function needSettled({ place: { name }, transitioning }: ContainerGroup): void {
  if (!transitioning) return;
  throw new ArmError(
    409,
    'ContainerGroupTransitioning',
    `The container group '${name}' is still transitioning, please retry later.`,
  );
}

export function getGroup(parts: AciParts, asked: Asked): Answer {
  return answer(parts, groupOf(parts, asked), 200);
}

/** Creates a group, or replaces all of it in place: what is left out falls back to its default. */
export async function putGroup(parts: AciParts, asked: Asked): Promise<Answer> {
  const { seed, world } = parts;
  const { part, request, version } = asked;
  const resourceGroup = resourceGroupOf(seed, part('resourceGroup'));
  const strictness = { newer: version > published };
  const body: GroupBody = JSON.parse(checkedJson(request, 'ContainerGroup', strictness));
  if (body.location === undefined) {
    const message = 'The location property is required for this definition.';
    throw new ArmError(400, 'LocationRequired', message);
  }
  const location = body.location.replaceAll(' ', '').toLowerCase();
  if (!seed.locations.includes(location)) {
    throw new ArmError(
      400,
      'LocationNotAvailableForResourceType',
      `The provided location '${body.location}' is not available for resource type 'Microsoft.ContainerInstance/containerGroups'. List of available regions for the resource type is '${seed.locations.join(',')}'.`,
    );
  }
  const name = part('name');
  const id = idOf(seed.subscriptionId, resourceGroup.name, name);
  const place: GroupPlace = { id, name, location, resourceGroup: resourceGroup.name };
  const existing = world.find(id);
  checkBody(name, body);
  needLinked(asked, id, body);
  if (existing) {
    if (existing.place.location !== location) throw elsewhere(existing.place, location);
    needSettled(existing);
    checkUpdate(existing, body);
  }
  checkPlace(world, place, body, existing !== undefined);
  await checkImages(world.foundation.runtime, name, body);
  // The images may have taken a while: nobody else may have come first.
  const current = world.find(id);
  if (current !== existing)
    throw new ArmError(
      409,
      'Conflict',
      `The container group '${name}' was changed by another request.`,
    );
  const group = current ?? world.add(place, body);
  const operation = group.deploy(body);
  world.keep(operation);
  world.name(group, seed.tenantId);
  const status = existing ? 200 : (world.longRunning.status ?? 201);
  const answered = answer(parts, group, status);
  return {
    ...answered,
    headers: { ...answered.headers, ...operationHeaders(parts, asked, operation) },
  };
}

/** Tags only; nothing restarts. */
export function patchGroup(parts: AciParts, asked: Asked): Answer {
  const group = groupOf(parts, asked);
  const { tags }: { tags?: Record<string, string> } = JSON.parse(
    checkedJson(asked.request, 'Resource', {}),
  );
  if (tags) group.body = { ...group.body, tags };
  return answer(parts, group, 200);
}

/** 200 with what it was; a list in the same second has it no more. */
export function deleteGroup(parts: AciParts, asked: Asked): Answer {
  const { seed, world } = parts;
  const resourceGroup = resourceGroupOf(seed, asked.part('resourceGroup'));
  const group = world.find(idOf(seed.subscriptionId, resourceGroup.name, asked.part('name')));
  if (!group) return { status: 204, body: '' };
  if (group.held) needSettled(group);
  if (world.longRunning.deletes === 'later') {
    const operation = group.removeLater(() => world.remove(group));
    world.keep(operation);
    return { status: 202, headers: operationHeaders(parts, asked, operation), body: '' };
  }
  const answered = answer(parts, group, 200);
  world.remove(group);
  return answered;
}

export function listGroups(parts: AciParts, { part }: Asked): Answer {
  const { seed, world } = parts;
  const name = part('resourceGroup');
  const within = name === '' ? undefined : resourceGroupOf(seed, name).name;
  const value = world
    .groups()
    .filter(({ place }) => within === undefined || place.resourceGroup === within)
    .map((group) => shown(parts, group, true));
  return jsonAnswer(200, JSON.parse(checkedAnswer({ value }, 'ContainerGroupListResult')));
}

function answer(parts: AciParts, group: ContainerGroup, status: number): Answer {
  return jsonAnswer(status, JSON.parse(checkedAnswer(shown(parts, group), 'ContainerGroup')));
}

function idOf(subscription: string, resourceGroup: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerInstance/containerGroups/${name}`;
}

function elsewhere(place: GroupPlace, location: string): ArmError {
  return new ArmError(
    409,
    'InvalidResourceLocation',
    `The resource '${place.name}' already exists in location '${place.location}' in resource group '${place.resourceGroup}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
}
