import type { Handler } from '../../http/exchange.ts';
import { jsonService } from '../json-service.ts';
import type { AwsParts } from '../service.ts';
import { ecsBuckets } from './buckets.ts';
import { createCluster, describeClusters, listClusters } from './clusters.ts';
import {
  deleteTaskDefinitions,
  deregisterTaskDefinition,
  describeTaskDefinition,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  registerTaskDefinition,
} from './definitions/operations.ts';
import { createService } from './services/create.ts';
import {
  continueServiceDeployment,
  describeServiceDeployments,
  describeServiceRevisions,
  listServiceDeployments,
  stopServiceDeployment,
} from './services/deployments.ts';
import { deleteService, describeServices, listServices } from './services/operations.ts';
import { updateService } from './services/update.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { describeTasks, listTasks, stopTask } from './tasks/operations.ts';
import { runTask } from './tasks/run-task.ts';
import type { EcsWorlds } from './world.ts';

/**
 * Amazon ECS: clusters, task definitions, services, their deployments and revisions, tasks, tags.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
 */
export function ecsService({
  throttled = true,
  worlds,
  ...aws
}: AwsParts & { worlds: EcsWorlds; throttled?: boolean }): Handler {
  return jsonService({
    ...aws,
    model: 'ecs',
    ...(throttled && { buckets: ecsBuckets }),
    bucketClock: () => worlds.foundation.timeline.now(),
    operations: {
      ContinueServiceDeployment: continueServiceDeployment(worlds),
      CreateCluster: createCluster(worlds),
      CreateService: createService(worlds),
      DeleteService: deleteService(worlds),
      DeleteTaskDefinitions: deleteTaskDefinitions(worlds),
      DeregisterTaskDefinition: deregisterTaskDefinition(worlds),
      DescribeClusters: describeClusters(worlds),
      DescribeServiceDeployments: describeServiceDeployments(worlds),
      DescribeServiceRevisions: describeServiceRevisions(worlds),
      DescribeServices: describeServices(worlds),
      DescribeTaskDefinition: describeTaskDefinition(worlds),
      DescribeTasks: describeTasks(worlds),
      ListClusters: listClusters(worlds),
      ListServiceDeployments: listServiceDeployments(worlds),
      ListServices: listServices(worlds),
      ListTagsForResource: listTagsForResource(worlds),
      ListTaskDefinitionFamilies: listTaskDefinitionFamilies(worlds),
      ListTaskDefinitions: listTaskDefinitions(worlds),
      ListTasks: listTasks(worlds),
      RegisterTaskDefinition: registerTaskDefinition(worlds),
      RunTask: runTask(worlds),
      StopServiceDeployment: stopServiceDeployment(worlds),
      StopTask: stopTask(worlds),
      TagResource: tagResource(worlds),
      UntagResource: untagResource(worlds),
      UpdateService: updateService(worlds),
    },
  });
}
