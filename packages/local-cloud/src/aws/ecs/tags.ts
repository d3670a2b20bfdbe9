import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import type { Operation } from '../service.ts';
import { lastPart } from './place.ts';
import type { EcsWorld, EcsWorlds } from './world.ts';

export function tagResource(
  worlds: EcsWorlds,
): Operation<Wire<TagResourceRequest>, Wire<TagResourceResponse>> {
  return {
    resource: ({ resourceArn }) => resourceArn,
    run({ resourceArn, tags }, signed) {
      const place = tagged(worlds.of(signed), resourceArn);
      const names = tags.map(({ key }) => key);
      place.write([...place.read().filter(({ key }) => !names.includes(key)), ...tags]);
      return {};
    },
  };
}

export function untagResource(
  worlds: EcsWorlds,
): Operation<Wire<UntagResourceRequest>, Wire<UntagResourceResponse>> {
  return {
    resource: ({ resourceArn }) => resourceArn,
    run({ resourceArn, tagKeys }, signed) {
      const place = tagged(worlds.of(signed), resourceArn);
      place.write(place.read().filter(({ key = '' }) => !tagKeys.includes(key)));
      return {};
    },
  };
}

export function listTagsForResource(
  worlds: EcsWorlds,
): Operation<Wire<ListTagsForResourceRequest>, Wire<ListTagsForResourceResponse>> {
  return {
    resource: ({ resourceArn }) => resourceArn,
    run: ({ resourceArn }, signed) => ({ tags: tagged(worlds.of(signed), resourceArn).read() }),
  };
}

interface Tagged {
  read(): Wire<Tag>[];
  write(tags: Wire<Tag>[]): void;
}

// Where the tags of a resource are kept.
function tagged(world: EcsWorld, arn: string): Tagged {
  const kind = /^arn:[^:]+:ecs:[^:]*:\d*:(?<kind>[a-z-]+)\//.exec(arn)?.groups?.['kind'];
  const definition = kind === 'task-definition' ? world.definitions.find(arn) : undefined;
  if (definition) {
    return {
      read: () => definition.tags,
      write: (tags) => {
        definition.tags = tags;
      },
    };
  }
  const task = world.tasks.all.find(({ wire }) => wire.taskArn === arn);
  if (task) {
    return {
      read: () => task.wire.tags ?? [],
      write: (tags) => {
        task.wire.tags = tags;
      },
    };
  }
  const service = world.services.get(arn);
  const cluster = world.clusters.get(lastPart(arn));
  if (!service && cluster?.clusterArn !== arn) {
    throw kind === undefined
      ? new Refusal('InvalidParameterException', 'Invalid ARN.')
      : new Refusal('ClientException', 'The specified resource was not found.');
  }
  return {
    read: () => world.tags.get(arn) ?? [],
    write: (tags) => world.tags.set(arn, tags),
  };
}
