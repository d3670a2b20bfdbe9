import type { CreateServiceRequest, UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';

/** Roles that a request gives to ECS for the service: for load balancers, hooks and volumes. */
export function rolesIn({
  deploymentConfiguration,
  loadBalancers = [],
  volumeConfigurations = [],
}: Wire<CreateServiceRequest> | Wire<UpdateServiceRequest>): (string | undefined)[] {
  return [
    ...loadBalancers.map(({ advancedConfiguration }) => advancedConfiguration?.roleArn),
    ...(deploymentConfiguration?.lifecycleHooks ?? []).map(({ roleArn }) => roleArn),
    ...volumeConfigurations.map(({ managedEBSVolume }) => managedEBSVolume?.roleArn),
  ];
}
