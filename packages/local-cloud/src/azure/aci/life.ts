import type { Answer } from '../../http/exchange.ts';
import type { Asked } from '../arm/route.ts';
import { groupOf, needSettled } from './groups.ts';
import { operationHeaders } from './long-running.ts';
import type { AciParts } from './parts.ts';
import { checkImages } from './refuse/images.ts';

/** Starts a group that was stopped. */
export function startGroup(parts: AciParts, asked: Asked): Promise<Answer> {
  return again(parts, asked, 202);
}

/** Ends all containers and starts them anew; images are pulled again. */
export function restartGroup(parts: AciParts, asked: Asked): Promise<Answer> {
  return again(parts, asked, 204);
}

export function stopGroup(parts: AciParts, asked: Asked): Answer {
  const group = groupOf(parts, asked);
  needSettled(group);
  group.stop();
  return { status: 204, body: '' };
}

async function again(parts: AciParts, asked: Asked, status: number): Promise<Answer> {
  const group = groupOf(parts, asked);
  needSettled(group);
  const { world } = parts;
  await checkImages(world.foundation.runtime, group.place.name, group.body);
  const operation = group.restart();
  world.keep(operation);
  return { status, headers: operationHeaders(parts, asked, operation), body: '' };
}
