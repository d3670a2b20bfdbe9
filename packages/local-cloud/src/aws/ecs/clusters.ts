import type {
  Cluster,
  CreateClusterRequest,
  CreateClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../model/wire.ts';
import type { Operation } from '../service.ts';
import { pageOf } from './page.ts';
import { ecsArn, lastPart } from './place.ts';
import { type EcsWorld, type EcsWorlds, placeOf } from './world.ts';

export function createCluster(
  worlds: EcsWorlds,
): Operation<Wire<CreateClusterRequest>, Wire<CreateClusterResponse>> {
  return {
    resource: () => '*',
    run({ clusterName = 'default', tags }, signed) {
      const world = worlds.of(signed);
      const cluster = world.clusters.get(clusterName) ?? world.addCluster(clusterName);
      if (tags) world.tags.set(cluster.clusterArn ?? '', tags);
      return { cluster: shownCluster(world, cluster) };
    },
  };
}

export function describeClusters(
  worlds: EcsWorlds,
): Operation<Wire<DescribeClustersRequest>, Wire<DescribeClustersResponse>> {
  return {
    resource: ({ clusters = ['default'] }, signed) =>
      ecsArn(placeOf(signed), 'cluster', lastPart(clusters[0] ?? '')),
    run({ clusters = ['default'], include = [] }, signed) {
      const world = worlds.of(signed);
      const found = clusters.map((asked) => {
        const cluster = world.clusters.get(lastPart(asked));
        return { asked, cluster };
      });
      return {
        clusters: found.flatMap(({ cluster }) => {
          if (!cluster) return [];
          const tags = world.tags.get(cluster.clusterArn ?? '') ?? [];
          return { ...shownCluster(world, cluster), ...(include.includes('TAGS') && { tags }) };
        }),
        failures: found.flatMap(({ asked, cluster }) =>
          cluster
            ? []
            : { arn: ecsArn(world.place, 'cluster', lastPart(asked)), reason: 'MISSING' },
        ),
      };
    },
  };
}

export function listClusters(
  worlds: EcsWorlds,
): Operation<Wire<ListClustersRequest>, Wire<ListClustersResponse>> {
  return {
    resource: () => '*',
    run(input, signed) {
      const all = [...worlds.of(signed).clusters.values()];
      const { items, more } = pageOf(all, input);
      return { clusterArns: items.map(({ clusterArn = '' }) => clusterArn), ...more };
    },
  };
}

function shownCluster(
  world: EcsWorld,
  cluster: Wire<Cluster> & { clusterName: string },
): Wire<Cluster> {
  const tasks = world.tasks.in(cluster.clusterName);
  const count = (...states: string[]) =>
    tasks.filter(({ wire }) => states.includes(wire.lastStatus ?? '')).length;
  const services = [...world.services.values()].filter(
    (service) => service.cluster === cluster.clusterName && service.status === 'ACTIVE',
  );
  return {
    ...cluster,
    registeredContainerInstancesCount: 0,
    runningTasksCount: count('RUNNING'),
    pendingTasksCount: count('PROVISIONING', 'PENDING', 'ACTIVATING'),
    activeServicesCount: services.length,
    statistics: [],
    tags: [],
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
}
