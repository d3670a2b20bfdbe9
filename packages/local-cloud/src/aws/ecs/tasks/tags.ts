import type { PropagateTags, Tag } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';

/**
 * The tags that a task gets: its own, those that are propagated, those that ECS manages.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
 */
export function taskTags(o: {
  own?: Wire<Tag>[] | undefined;
  propagate?: PropagateTags | undefined;
  /** Of the task definition. */
  definition: readonly Wire<Tag>[];
  /** Of the service. */
  service?: readonly Wire<Tag>[];
  managed?: { cluster: string; service?: string } | undefined;
}): Wire<Tag>[] {
  const { managed, own = [], propagate, service = [] } = o;
  const from = propagate === 'SERVICE' ? service : propagate ? o.definition : [];
  const names = own.map(({ key }) => key);
  return [
    ...(propagate === 'NONE' ? [] : from.filter(({ key }) => !names.includes(key))),
    ...own,
    ...(managed ? [{ key: 'aws:ecs:clusterName', value: managed.cluster }] : []),
    ...(managed?.service === undefined
      ? []
      : [{ key: 'aws:ecs:serviceName', value: managed.service }]),
  ];
}
