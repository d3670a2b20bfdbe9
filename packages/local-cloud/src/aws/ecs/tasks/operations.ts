import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Operation } from '../../service.ts';
import { pageOf } from '../page.ts';
import { ecsArn, lastPart } from '../place.ts';
import { type EcsWorlds, placeOf } from '../world.ts';

export function describeTasks(
  worlds: EcsWorlds,
): Operation<Wire<DescribeTasksRequest>, Wire<DescribeTasksResponse>> {
  return {
    resource: ({ cluster = 'default', tasks: [first = ''] }, signed) =>
      ecsArn(placeOf(signed), 'task', lastPart(cluster), lastPart(first)),
    run({ include = [], tasks, ...input }, signed) {
      const world = worlds.of(signed);
      const cluster = world.cluster(input.cluster);
      if (tasks.length === 0) throw wrong('Tasks cannot be empty.');
      if (tasks.length > 100) throw wrong('Tasks cannot have more than 100 elements.');
      const looked = tasks.map((asked) => ({ asked, task: world.tasks.find(cluster, asked) }));
      return {
        tasks: looked.flatMap(({ task }) => {
          if (!task) return [];
          const { tags = [], ...wire } = task.wire;
          return { ...wire, tags: include.includes('TAGS') ? tags : [] };
        }),
        failures: looked.flatMap(({ asked, task }) =>
          task
            ? []
            : { arn: ecsArn(world.place, 'task', cluster, lastPart(asked)), reason: 'MISSING' },
        ),
      };
    },
  };
}

export function listTasks(
  worlds: EcsWorlds,
): Operation<Wire<ListTasksRequest>, Wire<ListTasksResponse>> {
  return {
    resource: () => '*',
    run(input, signed) {
      const world = worlds.of(signed);
      const cluster = world.cluster(input.cluster);
      const { desiredStatus = 'RUNNING', family, launchType, serviceName, startedBy } = input;
      const others = [
        family,
        serviceName,
        input.desiredStatus,
        launchType,
        input.containerInstance,
      ];
      if (startedBy !== undefined && others.some((other) => other !== undefined)) {
        throw wrong('cannot specify startedBy with any other filter');
      }
      if (serviceName !== undefined && family !== undefined) {
        throw wrong('cannot specify both family and serviceName');
      }
      const service =
        serviceName === undefined ? undefined : world.service(cluster, serviceName).name;
      const all = world.tasks
        .in(cluster)
        .filter(({ wire }) => wire.desiredStatus === desiredStatus)
        .filter(({ order }) => service === undefined || order.service === service)
        .filter(({ order }) => family === undefined || order.definition['family'] === family)
        .filter(({ wire }) => startedBy === undefined || wire.startedBy === startedBy)
        .filter(({ wire }) => launchType === undefined || wire.launchType === launchType)
        .map(({ wire }) => wire.taskArn);
      const { items, more } = pageOf(all, input);
      return { taskArns: items, ...more };
    },
  };
}

export function stopTask(
  worlds: EcsWorlds,
): Operation<Wire<StopTaskRequest>, Wire<StopTaskResponse>> {
  return {
    resource: ({ cluster = 'default', task }, signed) =>
      ecsArn(placeOf(signed), 'task', lastPart(cluster), lastPart(task)),
    run({ reason = 'Task stopped by user', task: asked, ...input }, signed) {
      const world = worlds.of(signed);
      const task = world.tasks.find(world.cluster(input.cluster), asked);
      if (!task) throw wrong('The referenced task was not found.');
      task.stop('UserInitiated', reason);
      return { task: structuredClone(task.wire) };
    },
  };
}

function wrong(message: string): Refusal {
  return new Refusal('InvalidParameterException', message);
}
