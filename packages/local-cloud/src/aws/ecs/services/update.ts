import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import { passRoles } from '../also-needed.ts';
import { ecsArn, lastPart } from '../place.ts';
import { type EcsWorld, type EcsWorlds, placeOf } from '../world.ts';
import { changesRevision, deployRevision, usableDefinition } from './deploy.ts';
import { rolesIn } from './roles.ts';
import type { EcsService, ServiceConfiguration } from './service.ts';
import { shownService } from './show.ts';
import { validateService } from './validate.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export function updateService(
  worlds: EcsWorlds,
): Operation<Wire<UpdateServiceRequest>, Wire<UpdateServiceResponse>> {
  return {
    resource: ({ cluster = 'default', service }, signed) =>
      ecsArn(placeOf(signed), 'service', lastPart(cluster), lastPart(service)),
    alsoNeeds: (input) => passRoles(...rolesIn(input)),
    run(input, signed) {
      const world = worlds.of(signed);
      const service = world.service(world.cluster(input.cluster), input.service);
      if (service.status !== 'ACTIVE') {
        throw new Refusal('ServiceNotActiveException', 'Service was not ACTIVE.');
      }
      checkController(service, input);
      const configuration = merged(service.configuration, input);
      const wanted = input.taskDefinition ?? service.primary?.definition.taskDefinitionArn;
      if (wanted === undefined) {
        service.configuration = configuration;
      } else {
        update(world, service, { configuration, input, wanted });
      }
      return { service: { ...shownService(service, world.place), tags: [] } };
    },
  };
}

function update(
  world: EcsWorld,
  service: EcsService,
  o: { configuration: ServiceConfiguration; input: Wire<UpdateServiceRequest>; wanted: string },
): void {
  const { configuration, input, wanted } = o;
  const running = service.primary?.definition;
  // What runs may go on to run, be it INACTIVE by now.
  const definition =
    running && input.taskDefinition === undefined ? running : usableDefinition(world, wanted);
  validateService(world, configuration, definition);
  service.configuration = configuration;
  if (input.forceNewDeployment || changesRevision(service, configuration, definition)) {
    deployRevision(world, service, definition);
  } else service.reconcile();
}

// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html, the list of
// what may be changed for each deployment controller
function checkController(service: EcsService, input: Wire<UpdateServiceRequest>): void {
  const now = service.configuration.deploymentController?.type ?? 'ECS';
  const type = input.deploymentController?.type ?? now;
  if (type === 'ECS') return;
  const kept = [
    'loadBalancers',
    'networkConfiguration',
    'platformVersion',
    'taskDefinition',
  ] as const;
  const changed = kept.find((name) => input[name] !== undefined);
  const forced = input.forceNewDeployment ? 'forceNewDeployment' : changed;
  if (!forced) return;
  throw new Refusal(
    'InvalidParameterException',
    `Unable to update ${forced} on services with a ${type} deployment controller. ${
      type === 'CODE_DEPLOY'
        ? 'Use AWS CodeDeploy to trigger a new deployment.'
        : 'Use UpdateTaskSet or CreateTaskSet.'
    }`,
  );
}

function merged(
  before: ServiceConfiguration,
  input: Wire<UpdateServiceRequest>,
): ServiceConfiguration {
  const { cluster: _, forceNewDeployment: __, service: ___, ...changes } = input;
  const given = Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  );
  return {
    ...before,
    ...given,
    ...(input.capacityProviderStrategy?.length && { launchType: undefined }),
    desiredCount: input.desiredCount ?? before.desiredCount,
    deploymentConfiguration: {
      ...before.deploymentConfiguration,
      ...input.deploymentConfiguration,
    },
  };
}
