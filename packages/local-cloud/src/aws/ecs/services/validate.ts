import type { DeploymentConfiguration, TaskDefinition } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { EcsWorld } from '../world.ts';
import type { ServiceConfiguration } from './service.ts';

/**
 * Refuses what CreateService and UpdateService refuse, by ECS's sentences.
 * @throws Refusal
 */
export function validateService(
  world: EcsWorld,
  configuration: ServiceConfiguration,
  definition: Wire<TaskDefinition>,
): void {
  const { desiredCount, launchType, networkConfiguration: network } = configuration;
  if (desiredCount < 0) throw wrong('Desired count must be a positive integer.');
  validatePercentages(configuration);
  validateHooks(configuration.deploymentConfiguration);
  validateBalancers(world, configuration, definition);
  const vpc = network?.awsvpcConfiguration;
  if (definition.networkMode === 'awsvpc' && !vpc) {
    throw wrong("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (definition.networkMode !== 'awsvpc' && vpc) {
    throw wrong(
      `Network Configuration is not valid for the given networkMode of this task definition.`,
    );
  }
  validateNetwork(world, vpc);
  if (launchType === 'FARGATE' && !definition.compatibilities?.includes('FARGATE')) {
    throw wrong('Task definition does not support launch_type FARGATE.');
  }
}

/** @throws Refusal for a subnet or security group that does not exist */
export function validateNetwork(
  { networks }: EcsWorld,
  vpc: { subnets?: string[] | undefined; securityGroups?: string[] | undefined } | undefined,
): void {
  if (!networks || !vpc) return;
  for (const id of vpc.subnets ?? []) {
    if (!networks.has(id)) throw wrong(`The subnet ID '${id}' does not exist`);
  }
  for (const id of vpc.securityGroups ?? []) {
    if (!networks.has(id)) throw wrong(`The security group '${id}' does not exist`);
  }
}

function validatePercentages({ deploymentConfiguration = {} }: ServiceConfiguration): void {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = deploymentConfiguration;
  if (maximumPercent < minimumHealthyPercent) {
    throw wrong('minimumHealthyPercent cannot be larger than maximumPercent.');
  }
  if (maximumPercent === 100 && minimumHealthyPercent === 100) {
    throw wrong(
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }
}

function validateHooks({ lifecycleHooks = [] }: Wire<DeploymentConfiguration> = {}): void {
  for (const { hookTargetArn, lifecycleStages = [], targetType } of lifecycleHooks) {
    const shifting = lifecycleStages.find(
      (stage) => stage === 'TEST_TRAFFIC_SHIFT' || stage === 'PRODUCTION_TRAFFIC_SHIFT',
    );
    if (targetType === 'PAUSE' && shifting) {
      throw wrong(`PAUSE hooks cannot be configured at the ${shifting} stage.`);
    }
    if (targetType !== 'PAUSE' && hookTargetArn === undefined) {
      throw wrong('hookTargetArn must be provided for an AWS_LAMBDA lifecycle hook.');
    }
  }
}

function validateBalancers(
  { balancing }: EcsWorld,
  { deploymentConfiguration, loadBalancers = [] }: ServiceConfiguration,
  { containerDefinitions = [] }: Wire<TaskDefinition>,
): void {
  const shifts = (deploymentConfiguration?.strategy ?? 'ROLLING') !== 'ROLLING';
  for (const balancer of loadBalancers) {
    const {
      advancedConfiguration: advanced,
      containerName,
      containerPort,
      targetGroupArn,
    } = balancer;
    const container = containerDefinitions.find(({ name }) => name === containerName);
    if (!container) {
      throw wrong(`The container ${containerName} does not exist in the task definition.`);
    }
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw wrong(
        `The container ${containerName} did not have a container port ${containerPort} defined.`,
      );
    }
    for (const group of [targetGroupArn, advanced?.alternateTargetGroupArn]) {
      if (group === undefined || balancing.groups.has(group)) continue;
      throw wrong(`The target group with targetGroupArn ${group} does not exist.`);
    }
    if (shifts && !advanced?.productionListenerRule) {
      throw wrong(
        `advancedConfiguration with a productionListenerRule is required for the ${deploymentConfiguration?.strategy} deployment strategy.`,
      );
    }
    for (const rule of [advanced?.productionListenerRule, advanced?.testListenerRule]) {
      if (rule === undefined || balancing.rules.has(rule)) continue;
      throw wrong(`The listener rule ${rule} does not exist.`);
    }
  }
}

function wrong(message: string): Refusal {
  return new Refusal('InvalidParameterException', message);
}
