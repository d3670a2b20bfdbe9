import { isDeepStrictEqual } from 'node:util';
import { ArmError } from '../../arm/arm-error.ts';
import type { GroupBody, GroupProperties, ResourceBody } from '../body.ts';
import type { ContainerGroup } from '../group.ts';

/**
 * What of a group cannot be changed in place. Log Analytics is not in the service's own sentence and is
 * refused with it all the same: https://github.com/MicrosoftDocs/azure-docs/issues/65195
 * @throws ArmError `InvalidContainerGroupUpdate`
 */
export function checkUpdate({ body, place, state }: ContainerGroup, asked: GroupBody): void {
  if (state === 'Succeeded' || state === 'Failed') {
    throw new ArmError(
      400,
      'InvalidContainerGroupUpdate',
      `The container group '${place.name}' has terminated and cannot be updated. You must delete it first and then create a new one.`,
    );
  }
  if (isDeepStrictEqual(fixed(body), fixed(asked))) return;
  throw new ArmError(
    400,
    'InvalidContainerGroupUpdate',
    `The updates on container group '${place.name}' are invalid. If you are going to update the os type, restart policy, network profile, CPU, memory or GPU resources for a container group, you must delete it first and then create a new one.`,
  );
}

/** Whatever is left out has its default, as a PUT replaces all. */
function fixed({ properties, zones = [] }: GroupBody): object {
  const {
    diagnostics,
    osType = 'Linux',
    priority = 'Regular',
    sku = 'Standard',
    subnetIds = [],
  } = properties;
  return {
    osType,
    sku,
    priority,
    zones,
    restartPolicy: properties.restartPolicy ?? 'Always',
    subnets: subnetIds.map(({ id }) => id.toLowerCase()),
    addressType: properties.ipAddress?.type === 'Private' ? 'Private' : 'other',
    workspace: diagnostics?.logAnalytics?.workspaceId,
    resources: resourcesOf(properties),
  };
}

function resourcesOf({ containers }: GroupProperties): object {
  const plain = (of: Partial<ResourceBody> | undefined) =>
    of && { cpu: of.cpu, memoryInGB: of.memoryInGB, gpu: of.gpu };
  return Object.fromEntries(
    containers.map(({ name, properties: { resources } }) => [
      name,
      { requests: plain(resources?.requests), limits: plain(resources?.limits) },
    ]),
  );
}
