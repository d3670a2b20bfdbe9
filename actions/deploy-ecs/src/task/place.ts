import type {
  LaunchType,
  NetworkConfiguration,
  RunTaskCommandInput,
  Service,
} from '@aws-sdk/client-ecs';
import { field, listField, textField, textsField } from '@slipway/shared/http/json';

/** Where a task runs, as RunTask takes it. */
export type TaskPlace = Pick<
  RunTaskCommandInput,
  | 'capacityProviderStrategy'
  | 'launchType'
  | 'networkConfiguration'
  | 'platformVersion'
  | 'volumeConfigurations'
>;

/**
 * Where the tasks of a service run, for a task of its own in the same place.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * @param service as ECS describes it, or the document that it is created from
 * @param networkMode of the task definition: only `awsvpc` takes a network, and each other mode refuses it
 */
export function placeOf(service: Service | object, networkMode: string | undefined): TaskPlace {
  const strategy = strategyOf(service);
  const launchType = launchTypes.find((known) => known === textField(service, 'launchType'));
  const network = networkMode === 'awsvpc' ? networkOf(service) : undefined;
  const platformVersion = textField(service, 'platformVersion');
  const fargate =
    launchType === 'FARGATE' ||
    strategy.some(({ capacityProvider }) => /^FARGATE/.test(capacityProvider ?? ''));
  const volumes = volumesOf(service);
  return {
    ...(network && { networkConfiguration: network }),
    // Both at once are refused.
    ...(strategy.length > 0
      ? { capacityProviderStrategy: strategy }
      : launchType && { launchType }),
    ...(platformVersion && fargate && { platformVersion }),
    ...(volumes.length > 0 && { volumeConfigurations: volumes }),
  };
}

const launchTypes: readonly LaunchType[] = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];

function networkOf(service: object): NetworkConfiguration | undefined {
  const given = field(field(service, 'networkConfiguration'), 'awsvpcConfiguration');
  if (given === undefined) return undefined;
  const assign = textField(given, 'assignPublicIp');
  return {
    awsvpcConfiguration: {
      subnets: [...textsField(given, 'subnets')],
      securityGroups: [...textsField(given, 'securityGroups')],
      ...((assign === 'ENABLED' || assign === 'DISABLED') && { assignPublicIp: assign }),
    },
  };
}

function strategyOf(service: object) {
  return listField(service, 'capacityProviderStrategy').flatMap((item) => {
    const capacityProvider = textField(item, 'capacityProvider');
    if (!capacityProvider) return [];
    const [base, weight] = [field(item, 'base'), field(item, 'weight')];
    return [
      {
        capacityProvider,
        ...(typeof base === 'number' && { base }),
        ...(typeof weight === 'number' && { weight }),
      },
    ];
  });
}

// A volume that the service configures at launch is one of each task; the newest deployment has it.
function volumesOf(service: Service | object): NonNullable<TaskPlace['volumeConfigurations']> {
  if (!('deployments' in service)) return [];
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return (primary?.volumeConfigurations ?? []).flatMap(({ managedEBSVolume, name }) =>
    managedEBSVolume ? [{ name, managedEBSVolume }] : [],
  );
}
