import { type Answer, jsonAnswer } from '../../http/exchange.ts';
import { ArmError } from '../arm/arm-error.ts';
import type { Asked } from '../arm/route.ts';
import type { AzureSeed, ResourceGroupSeed } from '../seed.ts';
import type { AciParts } from './parts.ts';

/** @throws ArmError `ResourceGroupNotFound` */
export function resourceGroupOf({ resourceGroups }: AzureSeed, name: string): ResourceGroupSeed {
  const found = resourceGroups.find((group) => group.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  throw new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);
}

export function getResourceGroup({ seed }: AciParts, { part }: Asked): Answer {
  const { location, name } = resourceGroupOf(seed, part('resourceGroup'));
  return jsonAnswer(200, {
    id: `/subscriptions/${seed.subscriptionId}/resourceGroups/${name}`,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    properties: { provisioningState: 'Succeeded' },
  });
}
