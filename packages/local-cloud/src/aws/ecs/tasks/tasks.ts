import type {
  Container,
  NetworkConfiguration,
  Tag,
  Task,
  TaskDefinition,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { ecsArn, hexId, lastPart, type Place } from '../place.ts';
import type { TaskGround } from './ground.ts';
import { logTarget } from './log-target.ts';
import { orderContainers, SecretMissing, type Secrets } from './order.ts';
import type { Port } from './registrations.ts';
import { EcsTask, type TaskChange } from './task.ts';

/** A task that is to be started. */
export interface Launch {
  cluster: string;
  definition: Wire<TaskDefinition>;
  overrides?: Wire<TaskOverride>;
  network?: Wire<NetworkConfiguration>;
  launchType?: 'EC2' | 'EXTERNAL' | 'FARGATE' | 'MANAGED_INSTANCES';
  platformVersion?: string;
  startedBy?: string;
  group: string;
  tags?: Wire<Tag>[];
  enableExecuteCommand?: boolean;
  /** Name of the service it is for. */
  service?: string;
  ports?: readonly Port[];
  changed?: (task: EcsTask, change: TaskChange) => void;
}

/** All tasks of one account and region, in the order in which they were started. */
export class Tasks {
  readonly #place: Place;
  readonly #ground: TaskGround;
  readonly #secrets: Secrets;
  readonly #byArn = new Map<string, EcsTask>();
  #count = 0;

  constructor(place: Place, ground: TaskGround, secrets: Secrets) {
    this.#place = place;
    this.#ground = ground;
    this.#secrets = secrets;
  }

  get all(): EcsTask[] {
    return [...this.#byArn.values()];
  }

  in(cluster: string): EcsTask[] {
    return this.all.filter(({ order }) => order.cluster === cluster);
  }

  /** By ARN or id. */
  find(cluster: string, name: string): EcsTask | undefined {
    const found = this.#byArn.get(ecsArn(this.#place, 'task', cluster, lastPart(name)));
    return name.includes('/') && found?.wire.taskArn !== name ? undefined : found;
  }

  /** Starts a task; that it cannot start is told by its own end. */
  launch(launch: Launch): EcsTask {
    const { cluster, definition } = launch;
    const { durations, timeline } = this.#ground;
    const id = hexId();
    const arn = ecsArn(this.#place, 'task', cluster, id);
    this.#count += 1;
    const address = `10.0.${Math.floor(this.#count / 250) % 250}.${(this.#count % 250) + 4}`;
    const { broken, containers } = this.#order(launch);
    const task = new EcsTask({
      ground: this.#ground,
      order: {
        arn,
        id,
        cluster,
        ...(launch.service !== undefined && { service: launch.service }),
        definition: { ...definition },
        containers,
        address,
      },
      wire: {
        ...this.#shown(launch, address),
        taskArn: arn,
        createdAt: timeline.time / 1_000,
        containers: (definition.containerDefinitions ?? []).map(
          (container): Wire<Container> => ({
            containerArn: ecsArn(this.#place, 'container', cluster, id, hexId()),
            taskArn: arn,
            name: container.name,
            image: container.image,
            lastStatus: 'PENDING',
            networkInterfaces:
              definition.networkMode === 'awsvpc' ? [{ privateIpv4Address: address }] : [],
            networkBindings: [],
            healthStatus: 'UNKNOWN',
            cpu: String(container.cpu ?? 0),
            ...(container.memory !== undefined && { memory: String(container.memory) }),
          }),
        ),
      },
      ...(launch.ports && { ports: launch.ports }),
      changed: (changed, change) => {
        if (change === 'stopped') {
          timeline.after(durations.keepStopped, () => this.#byArn.delete(arn));
        }
        launch.changed?.(changed, change);
      },
    });
    this.#byArn.set(arn, task);
    task.start(broken ?? this.#withoutLog(task));
    return task;
  }

  #order({ definition, overrides }: Launch) {
    const { durations } = this.#ground;
    try {
      return { containers: orderContainers(definition, overrides, this.#secrets, durations) };
    } catch (error) {
      if (!(error instanceof SecretMissing)) throw error;
      const containerDefinitions = (definition.containerDefinitions ?? []).map(
        ({ secrets: _, ...container }) => container,
      );
      const without = { ...definition, containerDefinitions };
      const containers = orderContainers(without, overrides, this.#secrets, durations);
      return { broken: error.message, containers };
    }
  }

  // Without its log group a task does not start, unless the driver may create it.
  #withoutLog({ order }: EcsTask): string | undefined {
    const { groups } = this.#ground.logs;
    for (const { name } of order.containers) {
      const target = logTarget(order, name);
      if (!target || groups.has(target.group)) continue;
      if (!target.create) {
        return `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1`;
      }
      this.#ground.logs.create(target.group);
    }
    return undefined;
  }

  #shown(launch: Launch, address: string): Wire<Task> {
    const { cluster, definition, enableExecuteCommand, group, network, overrides, tags } = launch;
    const { cpu, memory, networkMode, runtimePlatform, taskDefinitionArn } = definition;
    const launchType = launch.launchType ?? 'FARGATE';
    const zone = `${this.#place.region}a`;
    const family = runtimePlatform?.operatingSystemFamily ?? 'LINUX';
    const eni = [
      { name: 'subnetId', value: network?.awsvpcConfiguration?.subnets?.[0] ?? 'subnet-0' },
      { name: 'privateIPv4Address', value: address },
    ];
    return {
      clusterArn: ecsArn(this.#place, 'cluster', cluster),
      ...(taskDefinitionArn !== undefined && { taskDefinitionArn }),
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      healthStatus: 'UNKNOWN',
      launchType,
      availabilityZone: zone,
      attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
      attachments:
        networkMode === 'awsvpc'
          ? [{ id: hexId(), type: 'ElasticNetworkInterface', status: 'ATTACHED', details: eni }]
          : [],
      connectivity: 'CONNECTED',
      enableExecuteCommand: enableExecuteCommand ?? false,
      group,
      ...(cpu !== undefined && { cpu }),
      ...(memory !== undefined && { memory }),
      overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...overrides },
      ...(launchType === 'FARGATE' && {
        platformVersion: launch.platformVersion ?? '1.4.0',
        platformFamily: family === 'LINUX' ? 'Linux' : family,
        ephemeralStorage: { sizeInGiB: definition.ephemeralStorage?.sizeInGiB ?? 20 },
      }),
      ...(launch.startedBy !== undefined && { startedBy: launch.startedBy }),
      tags: tags ?? [],
      version: 1,
    };
  }
}
