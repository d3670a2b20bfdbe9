import type {
  DeleteServiceRequest,
  DeleteServiceResponse,
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import { pageOf } from '../page.ts';
import { ecsArn, lastPart } from '../place.ts';
import { type EcsWorlds, placeOf } from '../world.ts';
import { shownService } from './show.ts';

export function describeServices(
  worlds: EcsWorlds,
): Operation<Wire<DescribeServicesRequest>, Wire<DescribeServicesResponse>> {
  return {
    resource: ({ cluster = 'default', services: [first = ''] }, signed) =>
      ecsArn(placeOf(signed), 'service', lastPart(cluster), lastPart(first)),
    run({ include = [], services, ...input }, signed) {
      const world = worlds.of(signed);
      const cluster = world.cluster(input.cluster);
      if (services.length === 0) {
        throw new Refusal('InvalidParameterException', 'Services cannot be empty.');
      }
      if (services.length > 10) {
        throw new Refusal(
          'InvalidParameterException',
          'Services cannot have more than 10 elements.',
        );
      }
      const looked = services.map((asked) => ({
        asked,
        service: world.findService(cluster, asked),
      }));
      return {
        services: looked.flatMap(({ service }) => {
          if (!service) return [];
          const tags = include.includes('TAGS') ? (world.tags.get(service.arn) ?? []) : [];
          return { ...shownService(service, world.place), tags };
        }),
        failures: looked.flatMap(({ asked, service }) =>
          service
            ? []
            : { arn: ecsArn(world.place, 'service', cluster, lastPart(asked)), reason: 'MISSING' },
        ),
      };
    },
  };
}

export function listServices(
  worlds: EcsWorlds,
): Operation<Wire<ListServicesRequest>, Wire<ListServicesResponse>> {
  return {
    resource: () => '*',
    run({ launchType, schedulingStrategy, ...input }, signed) {
      const world = worlds.of(signed);
      const cluster = world.cluster(input.cluster);
      const all = [...world.services.values()]
        .filter((service) => service.cluster === cluster && service.status !== 'INACTIVE')
        .filter(({ configuration }) => !launchType || configuration.launchType === launchType)
        .filter(
          ({ configuration }) =>
            !schedulingStrategy || configuration.schedulingStrategy === schedulingStrategy,
        );
      const { items, more } = pageOf(all, input, 10);
      return { serviceArns: items.map(({ arn }) => arn), ...more };
    },
  };
}

export function deleteService(
  worlds: EcsWorlds,
): Operation<Wire<DeleteServiceRequest>, Wire<DeleteServiceResponse>> {
  return {
    resource: ({ cluster = 'default', service }, signed) =>
      ecsArn(placeOf(signed), 'service', lastPart(cluster), lastPart(service)),
    run({ force = false, ...input }, signed) {
      const world = worlds.of(signed);
      const service = world.service(world.cluster(input.cluster), input.service);
      if (service.status === 'INACTIVE') {
        throw new Refusal('ServiceNotFoundException', 'Service not found.');
      }
      if (!force && service.desired > 0) {
        throw new Refusal(
          'InvalidParameterException',
          'The service cannot be stopped while it is scaled above 0.',
        );
      }
      if (service.status === 'ACTIVE') service.drain();
      return { service: shownService(service, world.place) };
    },
  };
}
