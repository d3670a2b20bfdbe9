import type * as ecs from '@aws-sdk/client-ecs';
import { numberOf } from '@slipway/shared/document/json-number';
import { isJsonObject, type JsonObject, objectsIn } from '@slipway/shared/document/json-object';
import { textField } from '@slipway/shared/http/json';

/** What a service needs of the task definition that it runs. */
export interface ServiceNeeds {
  /** Whether its tasks run on Fargate; undefined where that shows only in the cluster. */
  fargate: boolean | undefined;
  /** Whether its tasks get network interfaces of their own. */
  awsvpc: boolean;
  /** What load balancers and service registries reach. */
  reached: ReadonlyArray<{ container: string; port: number | undefined; by: string }>;
}

/** The needs of a service that is there. */
export function needsOf(service: ecs.Service): ServiceNeeds {
  const providers = service.capacityProviderStrategy?.map((one) => one.capacityProvider ?? '');
  const behind = (by: string, some: ReadonlyArray<Reached> = []) =>
    some.flatMap(({ containerName, containerPort }) =>
      containerName ? [{ container: containerName, port: containerPort, by }] : [],
    );
  return {
    fargate: onFargate(service.launchType, providers),
    awsvpc: service.networkConfiguration?.awsvpcConfiguration !== undefined,
    reached: [
      ...behind('a load balancer', service.loadBalancers),
      ...behind('service discovery', service.serviceRegistries),
    ],
  };
}

/** The needs of a service that is to be created. */
export function needsOfDefinition(definition: JsonObject): ServiceNeeds {
  const network = definition['networkConfiguration'];
  const behind = (by: string, field: string) =>
    objectsIn(definition, field).flatMap((one) => {
      const container = textField(one, 'containerName');
      return container ? [{ container, port: numberOf(one['containerPort']), by }] : [];
    });
  const providers = objectsIn(definition, 'capacityProviderStrategy').map(
    (one) => textField(one, 'capacityProvider') ?? '',
  );
  return {
    fargate: onFargate(textField(definition, 'launchType'), providers),
    awsvpc: isJsonObject(network) && network['awsvpcConfiguration'] !== undefined,
    reached: [
      ...behind('a load balancer', 'loadBalancers'),
      ...behind('service discovery', 'serviceRegistries'),
    ],
  };
}

interface Reached {
  containerName?: string | undefined;
  containerPort?: number | undefined;
}

function onFargate(launchType: string | undefined, providers: readonly string[] = []) {
  if (launchType !== undefined) return launchType === 'FARGATE';
  if (providers.length === 0) return undefined;
  return providers.every((name) => name === 'FARGATE' || name === 'FARGATE_SPOT');
}
