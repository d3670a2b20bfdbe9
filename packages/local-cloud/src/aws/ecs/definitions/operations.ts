import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import type { Signed } from '../../signature.ts';
import { passRoles, tagging } from '../also-needed.ts';
import { pageOf } from '../page.ts';
import { ecsArn, lastPart } from '../place.ts';
import { type EcsWorlds, placeOf } from '../world.ts';
import { validateDefinition } from './validate.ts';

export function registerTaskDefinition(
  worlds: EcsWorlds,
): Operation<Wire<RegisterTaskDefinitionRequest>, Wire<RegisterTaskDefinitionResponse>> {
  return {
    keepsUnknown: true,
    resource: familyArn,
    alsoNeeds: (input, signed) => [
      ...passRoles(input.executionRoleArn, input.taskRoleArn),
      ...tagging(input.tags, familyArn(input, signed)),
    ],
    run(input, signed) {
      const world = worlds.of(signed);
      validateDefinition(input, world.roles);
      const { definition, tags } = world.definitions.register(input, {
        at: world.time,
        by: signed.session.arn,
      });
      return { taskDefinition: definition, ...(input.tags && { tags }) };
    },
  };
}

function familyArn({ family }: { family: string }, signed: Signed): string {
  return ecsArn(placeOf(signed), 'task-definition', `${family}:*`);
}

export function describeTaskDefinition(
  worlds: EcsWorlds,
): Operation<Wire<DescribeTaskDefinitionRequest>, Wire<DescribeTaskDefinitionResponse>> {
  return {
    keepsUnknown: true,
    resource: () => '*',
    run({ include = [], taskDefinition }, signed) {
      const found = worlds.of(signed).definitions.find(taskDefinition);
      if (!found || found.definition.status === 'DELETE_IN_PROGRESS') {
        throw new Refusal('ClientException', 'Unable to describe task definition.');
      }
      const { definition, tags } = found;
      return { taskDefinition: definition, tags: include.includes('TAGS') ? tags : [] };
    },
  };
}

export function deregisterTaskDefinition(
  worlds: EcsWorlds,
): Operation<Wire<DeregisterTaskDefinitionRequest>, Wire<DeregisterTaskDefinitionResponse>> {
  return {
    keepsUnknown: true,
    resource: () => '*',
    run({ taskDefinition: asked }, signed) {
      const world = worlds.of(signed);
      if (!lastPart(asked).includes(':')) {
        throw new Refusal(
          'InvalidParameterException',
          `Invalid revision number. Number: ${lastPart(asked)}`,
        );
      }
      const found = world.definitions.find(asked);
      if (found?.definition.status !== 'ACTIVE') {
        throw new Refusal(
          'ClientException',
          found
            ? 'The specified task definition is inactive. Specify an active task definition and try again.'
            : 'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
        );
      }
      Object.assign(found.definition, { status: 'INACTIVE', deregisteredAt: world.time });
      return { taskDefinition: found.definition };
    },
  };
}

export function deleteTaskDefinitions(
  worlds: EcsWorlds,
): Operation<Wire<DeleteTaskDefinitionsRequest>, Wire<DeleteTaskDefinitionsResponse>> {
  return {
    keepsUnknown: true,
    resource: ({ taskDefinitions: [first = ''] }, signed) =>
      ecsArn(placeOf(signed), 'task-definition', lastPart(first)),
    run({ taskDefinitions }, signed) {
      const { definitions } = worlds.of(signed);
      const looked = taskDefinitions.map((arn) => ({ arn, found: definitions.find(arn) }));
      const isInactive = ({ found }: (typeof looked)[number]) =>
        found?.definition.status === 'INACTIVE';
      for (const { found } of looked.filter(isInactive)) found && definitions.remove(found);
      return {
        taskDefinitions: looked.flatMap(({ found }) =>
          found?.definition.status === 'DELETE_IN_PROGRESS' ? found.definition : [],
        ),
        failures: looked.flatMap(({ arn, found }) => {
          if (found?.definition.status === 'DELETE_IN_PROGRESS') return [];
          const reason = found
            ? 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.'
            : 'The specified task definition does not exist.';
          return { arn, reason };
        }),
      };
    },
  };
}

export function listTaskDefinitions(
  worlds: EcsWorlds,
): Operation<Wire<ListTaskDefinitionsRequest>, Wire<ListTaskDefinitionsResponse>> {
  return {
    resource: () => '*',
    run({ familyPrefix, sort = 'ASC', status = 'ACTIVE', ...page }, signed) {
      const all = worlds
        .of(signed)
        .definitions.of(familyPrefix)
        .filter(({ definition }) => definition.status === status)
        .map(({ definition }) => definition.taskDefinitionArn);
      const { items, more } = pageOf(sort === 'DESC' ? all.reverse() : all, page);
      return { taskDefinitionArns: items, ...more };
    },
  };
}

export function listTaskDefinitionFamilies(
  worlds: EcsWorlds,
): Operation<Wire<ListTaskDefinitionFamiliesRequest>, Wire<ListTaskDefinitionFamiliesResponse>> {
  return {
    resource: () => '*',
    run({ familyPrefix = '', status = 'ACTIVE', ...page }, signed) {
      const { definitions } = worlds.of(signed);
      const all = definitions.families.filter((family) => {
        const active = definitions
          .of(family)
          .some(({ definition }) => definition.status === 'ACTIVE');
        const fits = status === 'ALL' || active === (status === 'ACTIVE');
        return family.startsWith(familyPrefix) && fits;
      });
      const { items, more } = pageOf(all, page);
      return { families: items, ...more };
    },
  };
}
