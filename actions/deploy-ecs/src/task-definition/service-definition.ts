import { numberOf } from '@slipway/shared/document/json-number';
import { isJsonList, isJsonObject, type JsonObject } from '@slipway/shared/document/json-object';
import { gatherProblems, kindOf, type Problems } from '@slipway/shared/document/problems';
import { Failure } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import type { Settings } from '../settings.ts';

/** The inputs that a service definition has to agree with. */
export type ServiceInputs = Pick<Settings, 'service' | 'cluster' | 'desired-count'>;

/** Fields that only a description of a service has. Source: Service and CreateServiceRequest. */
const described = [
  'serviceArn',
  'clusterArn',
  'status',
  'runningCount',
  'pendingCount',
  'platformFamily',
  'taskSets',
  'deployments',
  'roleArn',
  'events',
  'createdAt',
  'createdBy',
  'currentServiceDeployment',
  'currentServiceRevisions',
  'resourceManagementType',
];
const lists = [
  'loadBalancers',
  'serviceRegistries',
  'capacityProviderStrategy',
  'placementConstraints',
  'placementStrategy',
  'tags',
  'volumeConfigurations',
  'vpcLatticeConfigurations',
];
const objects = [
  'networkConfiguration',
  'deploymentConfiguration',
  'deploymentController',
  'serviceConnectConfiguration',
];

/**
 * Finds everything that is wrong with a service definition at once, before any call. What this action
 * does not know is left to ECS.
 * @throws Failure `ecs/service-definition`
 */
export function checkServiceDefinition(definition: JsonObject, inputs: ServiceInputs): void {
  const problems = gatherProblems();
  checkNames(definition, inputs, problems.add);
  checkFields(definition, problems.add);
  const daemon = definition['schedulingStrategy'] === 'DAEMON';
  const count = definition['desiredCount'];
  const wanted = inputs['desired-count'];
  if (daemon && (count !== undefined || wanted !== undefined)) {
    problems.add(
      'schedulingStrategy DAEMON runs a task on each instance and takes no desiredCount',
    );
  }
  if (!daemon && count === undefined && wanted === undefined) {
    problems.add('desiredCount is missing, and input desired-count gives none');
  }
  const text = problems.text();
  if (text !== '') throw Failure.of('ecs/service-definition', { problems: text });
}

/**
 * What a service is created from: the definition with the names of the inputs, and without its task
 * definition, as the one of this run takes its place. Fields that nobody here knows go with it.
 */
export function serviceDocument(definition: JsonObject, inputs: ServiceInputs): JsonObject {
  const { taskDefinition, ...fields } = definition;
  const count = inputs['desired-count'];
  return {
    ...fields,
    serviceName: inputs.service,
    cluster: inputs.cluster,
    ...(count !== undefined && { desiredCount: count }),
  };
}

function checkNames(
  definition: JsonObject,
  { service, cluster }: ServiceInputs,
  add: Problems,
): void {
  const names = { serviceName: service, cluster };
  for (const [field, wanted] of Object.entries(names)) {
    const value = definition[field];
    if (value === undefined) continue;
    const name = typeof value === 'string' ? lastPart(value) : undefined;
    const input = field === 'cluster' ? 'cluster' : 'service';
    if (name === undefined) add(`${field} is ${kindOf(value)} instead of a text`);
    else if (name !== lastPart(wanted)) {
      add(`${field} is ${name}, but input ${input} is ${lastPart(wanted)}`);
    }
  }
  const task = definition['taskDefinition'];
  if (task !== undefined && typeof task !== 'string') {
    add(
      `taskDefinition is ${kindOf(task)}; it is a family, and the document goes into input task-definition`,
    );
  }
}

function checkFields(definition: JsonObject, add: Problems): void {
  for (const field of described.filter((one) => definition[one] !== undefined)) {
    add(`${field} is only in the description of a service; leave it out`);
  }
  for (const field of lists) {
    const value = definition[field];
    if (value !== undefined && !isJsonList(value)) {
      add(`${field} is ${kindOf(value)} instead of a list`);
    }
  }
  for (const field of objects) {
    const value = definition[field];
    if (value !== undefined && !isJsonObject(value)) {
      add(`${field} is ${kindOf(value)} instead of an object`);
    }
  }
  const count = definition['desiredCount'];
  const number = numberOf(count);
  if (count !== undefined && !(number !== undefined && Number.isInteger(number) && number >= 0)) {
    add('desiredCount is not a number from 0 on');
  }
  const launchType = textField(definition, 'launchType');
  const strategy = definition['capacityProviderStrategy'];
  if (launchType !== undefined && isJsonList(strategy) && strategy.length > 0) {
    add('launchType and capacityProviderStrategy are both there; ECS takes one of them');
  }
  const controller = definition['deploymentController'];
  const type = isJsonObject(controller) ? textField(controller, 'type') : undefined;
  if (type !== undefined && type !== 'ECS') {
    add(`deploymentController is ${type}; this action deploys by ECS itself`);
  }
}

/** The name that an ARN ends in. */
function lastPart(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
