import { isDeepStrictEqual } from 'node:util';
import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import type { Signed } from '../../signature.ts';
import { passRoles, tagging } from '../also-needed.ts';
import { ecsArn, lastPart } from '../place.ts';
import { type EcsWorlds, placeOf } from '../world.ts';
import { deployRevision, usableDefinition } from './deploy.ts';
import { rolesIn } from './roles.ts';
import { EcsService, type ServiceConfiguration } from './service.ts';
import { shownService } from './show.ts';
import { validateService } from './validate.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export function createService(
  worlds: EcsWorlds,
): Operation<Wire<CreateServiceRequest>, Wire<CreateServiceResponse>> {
  return {
    resource: arnOf,
    alsoNeeds: (input, signed) => [
      ...passRoles(input.role, ...rolesIn(input)),
      ...tagging(input.tags, arnOf(input, signed)),
    ],
    run(input, signed) {
      const world = worlds.of(signed);
      const cluster = world.cluster(input.cluster);
      const { clientToken: _, tags = [], ...asked } = input;
      const known = world.findService(cluster, input.serviceName);
      if (known?.status === 'DRAINING') {
        throw wrong('Unable to Start a service that is still Draining.');
      }
      if (known?.status === 'ACTIVE') {
        if (!isDeepStrictEqual(known.asked, asked)) {
          throw wrong('Creation of service was not idempotent.');
        }
        return { service: { ...shownService(known, world.place), tags } };
      }
      const controller = asked.deploymentController?.type ?? 'ECS';
      if (controller !== 'EXTERNAL' && asked.taskDefinition === undefined) {
        throw wrong('TaskDefinition can not be blank.');
      }
      if (!/^[\w-]{1,255}$/.test(asked.serviceName)) throw wrong('Invalid service name.');
      const configuration = withDefaults(asked);
      const arn = ecsArn(world.place, 'service', cluster, asked.serviceName);
      if (asked.taskDefinition !== undefined) {
        validateService(world, configuration, usableDefinition(world, asked.taskDefinition));
      }
      const service = new EcsService({ ground: world.ground, arn, cluster, configuration, asked });
      world.services.set(arn, service);
      world.tags.set(arn, tags);
      if (asked.taskDefinition !== undefined) {
        deployRevision(world, service, usableDefinition(world, asked.taskDefinition));
      }
      return { service: { ...shownService(service, world.place), tags } };
    },
  };
}

function arnOf(
  { cluster = 'default', serviceName }: Wire<CreateServiceRequest>,
  signed: Signed,
): string {
  return ecsArn(placeOf(signed), 'service', lastPart(cluster), serviceName);
}

function withDefaults(asked: Wire<CreateServiceRequest>): ServiceConfiguration {
  const { desiredCount, schedulingStrategy = 'REPLICA' } = asked;
  if (desiredCount === undefined && schedulingStrategy === 'REPLICA') {
    throw wrong('A desired count must be provided for the REPLICA scheduling strategy.');
  }
  const capacity = (asked.capacityProviderStrategy ?? []).length > 0;
  const launchType = asked.launchType ?? (capacity ? undefined : 'EC2');
  return {
    ...asked,
    ...(launchType && { launchType }),
    ...(launchType === 'FARGATE' && { platformVersion: asked.platformVersion ?? 'LATEST' }),
    desiredCount: desiredCount ?? 1,
    schedulingStrategy,
    loadBalancers: asked.loadBalancers ?? [],
    serviceRegistries: asked.serviceRegistries ?? [],
    deploymentController: asked.deploymentController ?? { type: 'ECS' },
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: 'ROLLING',
      ...asked.deploymentConfiguration,
    },
  };
}

function wrong(message: string): Refusal {
  return new Refusal('InvalidParameterException', message);
}
