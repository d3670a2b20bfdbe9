import type { RunTaskRequest, RunTaskResponse } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import { passRoles, tagging } from '../also-needed.ts';
import { ecsArn, lastPart } from '../place.ts';
import { usableDefinition } from '../services/deploy.ts';
import { validateNetwork } from '../services/validate.ts';
import { type EcsWorld, type EcsWorlds, placeOf } from '../world.ts';
import { taskTags } from './tags.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function runTask(worlds: EcsWorlds): Operation<Wire<RunTaskRequest>, Wire<RunTaskResponse>> {
  return {
    resource: ({ taskDefinition }, signed) =>
      ecsArn(placeOf(signed), 'task-definition', lastPart(taskDefinition)),
    alsoNeeds: ({ cluster = 'default', overrides, tags }, signed) => [
      ...passRoles(overrides?.executionRoleArn, overrides?.taskRoleArn),
      ...tagging(tags, ecsArn(placeOf(signed), 'task', lastPart(cluster), '*')),
    ],
    run(input, signed) {
      const world = worlds.of(signed);
      const { clientToken = '' } = input;
      const seen =
        clientToken === '' ? undefined : world.tokens.seen('RunTask', clientToken, input);
      if (seen?.verdict === 'other') {
        throw new Refusal(
          'ConflictException',
          'The client token was used with other parameters before.',
        );
      }
      if (seen?.verdict === 'same') return { ...again(world, seen.answer), failures: [] };
      const answer = start(world, input);
      const arns = (answer.tasks ?? []).map(({ taskArn }) => taskArn);
      if (clientToken !== '' && arns.length > 0) {
        world.tokens.remember('RunTask', clientToken, { input, answer: arns });
      }
      return answer;
    },
  };
}

// The same tasks as they are by now, those that are gone after their hour aside.
function again(world: EcsWorld, arns: unknown): { tasks: object[] } {
  const known: readonly unknown[] = Array.isArray(arns) ? arns : [];
  return {
    tasks: world.tasks.all.map(({ wire }) => wire).filter((one) => known.includes(one.taskArn)),
  };
}

function start(world: EcsWorld, input: Wire<RunTaskRequest>): Wire<RunTaskResponse> {
  const cluster = world.cluster(input.cluster);
  const { count = 1, launchType, networkConfiguration: network, overrides } = input;
  const definition = usableDefinition(world, input.taskDefinition);
  if (count < 1 || count > 10) throw wrong('count: Must be between 1 and 10.');
  if (input.propagateTags === 'SERVICE')
    throw wrong('SERVICE is not a valid value of propagateTags.');
  if (launchType && (input.capacityProviderStrategy ?? []).length > 0) {
    throw wrong('Specifying both a launch type and capacity provider strategy is not supported.');
  }
  if (definition.networkMode === 'awsvpc' && !network?.awsvpcConfiguration) {
    throw wrong("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (definition.networkMode !== 'awsvpc' && network?.awsvpcConfiguration) {
    throw wrong(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }
  validateNetwork(world, network?.awsvpcConfiguration);
  for (const { name } of overrides?.containerOverrides ?? []) {
    if (definition.containerDefinitions?.some((container) => container.name === name)) continue;
    throw wrong(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
  if (launchType === 'FARGATE' && !definition.compatibilities?.includes('FARGATE')) {
    throw wrong('Task definition does not support launch_type FARGATE.');
  }
  if (world.unplaced !== undefined) {
    return { tasks: [], failures: [{ reason: world.unplaced }] };
  }
  const tags = taskTags({
    own: input.tags,
    propagate: input.propagateTags,
    definition: world.ground.tagsOf(definition.taskDefinitionArn ?? ''),
    managed: input.enableECSManagedTags ? { cluster } : undefined,
  });
  const tasks = Array.from({ length: count }, () =>
    world.tasks.launch({
      cluster,
      definition,
      group: input.group ?? `family:${definition.family}`,
      ...(launchType && { launchType }),
      ...(network && { network }),
      ...(overrides && { overrides }),
      tags,
      ...(input.startedBy !== undefined && { startedBy: input.startedBy }),
      ...(input.platformVersion !== undefined && { platformVersion: input.platformVersion }),
      ...(input.enableExecuteCommand && { enableExecuteCommand: true }),
    }),
  );
  return { tasks: tasks.map(({ wire }) => structuredClone(wire)), failures: [] };
}

function wrong(message: string): Refusal {
  return new Refusal('InvalidParameterException', message);
}
