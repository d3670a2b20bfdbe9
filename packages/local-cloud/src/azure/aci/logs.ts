import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import { ArmError } from '../arm/arm-error.ts';
import { checkedAnswer } from '../arm/json-body.ts';
import type { Asked } from '../arm/route.ts';
import { groupOf, needSettled } from './groups.ts';
import type { AciParts } from './parts.ts';

/** What a container printed; not before it has started, and null where it printed nothing. */
export function containerLogs(parts: AciParts, asked: Asked): Answer {
  const group = groupOf(parts, asked);
  const name = asked.part('container');
  const found = [...group.containers, ...group.initContainers].find(
    ({ order }) => order.name === name,
  );
  if (!found) {
    throw new ArmError(
      404,
      'ContainerNotFound',
      `The container '${name}' is not found in container group '${group.place.name}'.`,
    );
  }
  if (found.startedAt === undefined) {
    if (group.held) needSettled(group);
    throw new ArmError(
      404,
      'ContainerLogNotAvailable',
      `The logs of container '${name}' in container group '${group.place.name}' are not available.`,
    );
  }
  const tail = tailOf(asked.query.get('tail'));
  const timestamps = asked.query.get('timestamps') === 'true';
  const content = found.log.empty
    ? null
    : found.log.text({ timestamps, ...(tail !== undefined && { tail }) });
  checkedAnswer({ content }, 'Logs');
  return jsonAnswer(200, { content });
}

function tailOf(asked: string | null): number | undefined {
  if (asked === null) return undefined;
  if (/^\d{1,9}$/.test(asked)) return Number(asked);
  throw new ArmError(
    400,
    'InvalidQueryParameterValue',
    `The value '${asked}' of query parameter 'tail' is invalid.`,
  );
}
