import type {
  Deployment,
  Service,
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { ecsArn, type Place } from '../place.ts';
import { portsOf, type Revision } from './revision.ts';
import type { Rollout } from './rollout.ts';
import type { EcsService } from './service.ts';

const pending = ['PROVISIONING', 'PENDING', 'ACTIVATING'];

/** A service as DescribeServices shows it. */
export function shownService(service: EcsService, place: Place): Wire<Service> {
  const { arn, cluster, configuration, createdAt, events, primary, rollout, status } = service;
  const { clientToken: _, cluster: __, role: ___, monitoring: ____, ...settings } = configuration;
  const { gatewayConnectors: _g, serviceConnectConfiguration: _s, ...shown } = settings;
  const { volumeConfigurations: _v, vpcLatticeConfigurations: _l, tags: _t, ...rest } = shown;
  const own = primary?.configuration;
  const isEcs = (configuration.deploymentController?.type ?? 'ECS') === 'ECS';
  return {
    ...rest,
    ...(own?.loadBalancers && { loadBalancers: own.loadBalancers }),
    serviceArn: arn,
    clusterArn: ecsArn(place, 'cluster', cluster),
    status,
    desiredCount: service.desired,
    runningCount: count(service, ['RUNNING']),
    pendingCount: count(service, pending),
    ...(primary && { taskDefinition: primary.definition.taskDefinitionArn }),
    // Another controller has task sets instead; who asks for them finds none here.
    ...(isEcs ? {} : { taskSets: [] }),
    deployments: (isEcs ? service.revisions : [])
      .filter((revision) => revision === primary || service.tasksOf(revision).length > 0)
      .map((revision) => shownDeployment(service, revision))
      .reverse()
      .sort((a, b) => Number(b.status === 'PRIMARY') - Number(a.status === 'PRIMARY')),
    events,
    createdAt,
    ...(isEcs && rollout && { currentServiceDeployment: rollout.arn }),
    currentServiceRevisions: (isEcs ? service.revisions : [])
      .filter((revision) => revision === primary || service.tasksOf(revision).length > 0)
      .map((revision) => ({ arn: revision.arn, ...counts(service, revision) })),
    placementConstraints: configuration.placementConstraints ?? [],
    placementStrategy: configuration.placementStrategy ?? [],
    createdBy: `arn:aws:iam::${place.account}:root`,
    propagateTags: configuration.propagateTags ?? 'NONE',
    enableECSManagedTags: configuration.enableECSManagedTags ?? false,
    enableExecuteCommand: configuration.enableExecuteCommand ?? false,
  };
}

function shownDeployment(service: EcsService, revision: Revision): Wire<Deployment> {
  const { configuration } = revision;
  const { launchType, networkConfiguration, platformVersion } = configuration;
  const isPrimary = revision === service.primary;
  return {
    id: revision.deploymentId,
    status: isPrimary ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: revision.definition.taskDefinitionArn,
    desiredCount: isPrimary
      ? service.desired
      : service.tasksOf(revision).filter(({ live }) => live).length,
    pendingCount: count(service, pending, revision),
    runningCount: count(service, ['RUNNING'], revision),
    failedTasks: revision.failedTasks,
    createdAt: revision.createdAt,
    updatedAt: revision.updatedAt,
    ...(launchType && { launchType }),
    ...(platformVersion !== undefined && { platformVersion }),
    platformFamily: 'Linux',
    ...(networkConfiguration && { networkConfiguration }),
    rolloutState: revision.rolloutState,
    rolloutStateReason: revision.rolloutStateReason,
  };
}

/** A deployment as DescribeServiceDeployments shows it. */
export function shownRollout(
  service: EcsService,
  rollout: Rollout,
  place: Place,
): Wire<ServiceDeployment> {
  const { configuration, hooks, monitors, sources, startedAt, target } = rollout;
  const { alarms, deploymentCircuitBreaker: breaker } = configuration;
  const details = hooks.details;
  const stage = shownStage(rollout);
  const { targetServiceRevisionArn: _, ...brief } = shownBriefly(service, rollout, place);
  return {
    ...brief,
    updatedAt: rollout.updatedAt,
    ...(rollout.stoppedAt !== undefined && { stoppedAt: rollout.stoppedAt }),
    ...(startedAt !== undefined && {
      sourceServiceRevisions: sources.map((source) => summary(service, source)),
    }),
    targetServiceRevision: summary(service, target),
    ...(stage && { lifecycleStage: stage }),
    ...(details.length > 0 && { lifecycleHookDetails: details }),
    deploymentConfiguration: configuration,
    ...(rollout.rollback && { rollback: rollout.rollback }),
    deploymentCircuitBreaker: {
      status: monitor(rollout, breaker?.enable, monitors.tripped),
      failureCount: monitors.failureCount,
      threshold: monitors.threshold,
    },
    alarms: {
      status: monitor(rollout, alarms?.enable, monitors.triggeredAlarms.length > 0),
      alarmNames: alarms?.alarmNames ?? [],
      triggeredAlarmNames: monitors.triggeredAlarms,
    },
  };
}

/** A deployment as ListServiceDeployments shows it. */
export function shownBriefly(
  { arn, cluster }: EcsService,
  rollout: Rollout,
  place: Place,
): Wire<ServiceDeploymentBrief> & { serviceDeploymentArn: string } {
  const { finishedAt, startedAt, statusReason, target } = rollout;
  return {
    serviceDeploymentArn: rollout.arn,
    serviceArn: arn,
    clusterArn: ecsArn(place, 'cluster', cluster),
    createdAt: rollout.createdAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    targetServiceRevisionArn: target.arn,
    status: rollout.status,
    ...(statusReason !== undefined && { statusReason }),
  };
}

/** A revision as DescribeServiceRevisions shows it. */
export function shownRevision(
  service: EcsService,
  revision: Revision,
  place: Place,
): Wire<ServiceRevision> {
  const { configuration, definition } = revision;
  const tasks = service.tasksOf(revision);
  const digestOf = (name: string | undefined) =>
    tasks
      .flatMap(({ wire }) => wire.containers)
      .find((one) => one.name === name && one.imageDigest !== undefined)?.imageDigest;
  return {
    ...configuration,
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: ecsArn(place, 'cluster', service.cluster),
    taskDefinition: definition.taskDefinitionArn,
    platformFamily: 'Linux',
    containerImages: (definition.containerDefinitions ?? []).map(({ image, name }) => {
      const imageDigest = digestOf(name);
      return { containerName: name, image, ...(imageDigest !== undefined && { imageDigest }) };
    }),
    guardDutyEnabled: false,
    resolvedConfiguration: {
      loadBalancers: portsOf(revision).map(({ groupArn }, index) => {
        const advanced = configuration.loadBalancers?.[index]?.advancedConfiguration;
        const rule = advanced?.productionListenerRule;
        return {
          targetGroupArn: groupArn,
          ...(rule !== undefined && { productionListenerRule: rule }),
        };
      }),
    },
    createdAt: revision.createdAt,
  };
}

function summary(service: EcsService, revision: Revision): Wire<ServiceRevisionSummary> {
  const balanced = revision.configuration.loadBalancers?.some((one) => one.advancedConfiguration);
  return {
    arn: revision.arn,
    ...counts(service, revision),
    ...(balanced && {
      requestedProductionTrafficWeight: revision.productionWeight,
      requestedTestTrafficWeight: revision.testWeight,
    }),
  };
}

function counts(service: EcsService, revision: Revision) {
  const live = service.tasksOf(revision).filter((task) => task.live).length;
  return {
    requestedTaskCount: revision === service.primary ? service.desired : live,
    runningTaskCount: count(service, ['RUNNING'], revision),
    pendingTaskCount: count(service, pending, revision),
  };
}

function count(service: EcsService, states: readonly string[], revision?: Revision): number {
  return service.tasksOf(revision).filter(({ wire }) => states.includes(wire.lastStatus ?? ''))
    .length;
}

/**
 * The stage that is shown. The published model has no PRE_PRODUCTION_TRAFFIC_SHIFT among those, only
 * among the ones of hooks (docs/decisions/0053).
 */
export function shownStage({ stage }: Rollout) {
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
}

function monitor(
  { ended }: Rollout,
  enabled: boolean | undefined,
  triggered: boolean,
): ServiceDeploymentRollbackMonitorsStatus {
  if (!enabled) return 'DISABLED';
  if (triggered) return 'TRIGGERED';
  return ended ? 'MONITORING_COMPLETE' : 'MONITORING';
}
