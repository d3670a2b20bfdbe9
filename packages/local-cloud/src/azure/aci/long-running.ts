import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import { ArmError } from '../arm/arm-error.ts';
import { checkedAnswer } from '../arm/json-body.ts';
import type { Asked } from '../arm/route.ts';
import type { EventBody } from './events.ts';
import type { Operation } from './operation.ts';
import type { AciParts } from './parts.ts';
import { shown } from './shown.ts';

/** Headers that lead to an operation, in the shape that the world has for them. */
export function operationHeaders(
  { world }: AciParts,
  { origin, version }: Asked,
  { groupId, id, location }: Operation,
): Record<string, string> {
  const { retryAfter, shape } = world.longRunning;
  const [, , subscription] = groupId.split('/');
  const at = `${origin}/subscriptions/${subscription}/providers/Microsoft.ContainerInstance/locations/${location}`;
  const both = shape === 'both';
  return {
    ...((both || shape === 'Azure-AsyncOperation') && {
      'azure-asyncoperation': `${at}/operations/${id}?api-version=2018-06-01`,
    }),
    ...((both || shape === 'Location') && {
      location: `${at}/operationresults/${id}?api-version=${version}`,
    }),
    ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }),
  };
}

/** What Azure-AsyncOperation leads to. */
export function operationStatus(parts: AciParts, { part }: Asked): Answer {
  const { world } = parts;
  const operation = find(parts, part('operation'));
  const group = world.find(operation.groupId);
  const events: EventBody[] | undefined =
    world.longRunning.events && group
      ? [...group.containers.flatMap((one) => one.events.list()), ...group.events.list()]
      : undefined;
  return jsonAnswer(200, operation.show(events));
}

/** What Location leads to: 202 while it goes on, then the group or the error. */
export function operationResult(parts: AciParts, asked: Asked): Answer {
  const { world } = parts;
  const operation = find(parts, asked.part('operation'));
  if (!operation.over) {
    return { status: 202, headers: operationHeaders(parts, asked, operation), body: '' };
  }
  if (operation.error) throw new ArmError(400, operation.error.code, operation.error.message);
  const group = world.find(operation.groupId);
  if (!group) return { status: 204, body: '' };
  return jsonAnswer(200, JSON.parse(checkedAnswer(shown(parts, group), 'ContainerGroup')));
}

function find({ world }: AciParts, id: string): Operation {
  const found = world.operation(id);
  if (found) return found;
  throw new ArmError(404, 'OperationNotFound', `The operation '${id}' could not be found.`);
}
