import { ArmError } from '../arm/arm-error.ts';
import type { Asked } from '../arm/route.ts';
import type { GroupBody } from './body.ts';

const write = 'Microsoft.ContainerInstance/containerGroups/write';
const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';

/**
 * What a role has to allow on other resources that a body names.
 * @throws ArmError `LinkedAuthorizationFailed`
 */
export function needLinked({ caller, permissions }: Asked, id: string, body: GroupBody): void {
  const identities = Object.keys(body.identity?.userAssignedIdentities ?? {});
  const subnets = (body.properties.subnetIds ?? []).map((subnet) => subnet.id);
  const linked = [
    ...identities.map((scope) => ({ action: assign, scope })),
    ...subnets.map((scope) => ({ action: join, scope })),
  ];
  for (const { action, scope } of linked) {
    if (permissions.ask(action, scope, caller)) continue;
    throw new ArmError(
      403,
      'LinkedAuthorizationFailed',
      `The client '${caller.app.clientId}' with object id '${caller.objectId}' has permission to perform action '${write}' on scope '${id}'; however, it does not have permission to perform action(s) '${action}' on the linked scope(s) '${scope}' (respectively) or the linked scope(s) are invalid.`,
    );
  }
}
