import { expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import {
  checkServiceDefinition,
  type ServiceInputs,
  serviceDocument,
} from '../../src/task-definition/service-definition.ts';

const inputs: ServiceInputs = {
  service: 'shop',
  cluster: 'production',
  'desired-count': undefined,
};
const definition: JsonObject = {
  serviceName: 'shop',
  cluster: 'arn:aws:ecs:eu-central-1:123456789012:cluster/production',
  taskDefinition: 'shop',
  desiredCount: 2,
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
  inventedIn2031: { deep: [1, { er: true }] },
};

function problemsOf(fields: JsonObject, more: Partial<ServiceInputs> = {}): string {
  try {
    checkServiceDefinition({ ...definition, ...fields }, { ...inputs, ...more });
    return '';
  } catch (error) {
    expect(error).toMatchObject({ code: 'ecs/service-definition' });
    return error instanceof Error ? error.message : '';
  }
}

it.each<[string, JsonObject, Partial<ServiceInputs>?]>([
  ['as it is', {}],
  ['without names', { serviceName: undefined, cluster: undefined }],
  ['with a number by the input', { desiredCount: undefined }, { 'desired-count': 3 }],
  ['for each instance', { schedulingStrategy: 'DAEMON', desiredCount: undefined }],
  ['with no tasks', { desiredCount: 0 }],
  ['by capacity providers', { launchType: undefined, capacityProviderStrategy: [{}] }],
])('a service definition %s is right', (_, fields, more = {}) => {
  expect(problemsOf(fields, more)).toBe('');
});

it.each<[string, JsonObject, string, Partial<ServiceInputs>?]>([
  ['another name', { serviceName: 'api' }, 'serviceName is api, but input service is shop'],
  [
    'another cluster',
    { cluster: 'staging' },
    'cluster is staging, but input cluster is production',
  ],
  ['no number', { desiredCount: undefined }, 'desiredCount is missing'],
  ['a text for a number', { desiredCount: '2' }, 'desiredCount is not a number'],
  ['half a task', { desiredCount: 1.5 }, 'desiredCount is not a number'],
  ['a number for each instance', { schedulingStrategy: 'DAEMON' }, 'takes no desiredCount'],
  ['a description', { serviceArn: 'arn', events: [] }, 'events is only in the description'],
  ['both kinds of capacity', { capacityProviderStrategy: [{}] }, 'ECS takes one of them'],
  ['an object for a list', { loadBalancers: {} }, 'loadBalancers is an object instead of a list'],
  ['a list for an object', { networkConfiguration: [] }, 'networkConfiguration is a list'],
  [
    'a task definition in it',
    { taskDefinition: {} },
    'the document goes into input task-definition',
  ],
  ['CodeDeploy', { deploymentController: { type: 'CODE_DEPLOY' } }, 'is CODE_DEPLOY'],
])('a service definition with %s is refused', (_, fields, said, more = {}) => {
  expect(problemsOf(fields, more)).toContain(said);
});

it('all that is wrong with a service definition is told at once', () => {
  const said = problemsOf({ serviceName: 'api', cluster: 'x', loadBalancers: 1, status: 'ACTIVE' });
  expect(said.split('\n')).toHaveLength(5);
});

it('a service is created by the names of the inputs, with fields that nobody knows yet', () => {
  const { taskDefinition, ...fields } = definition;
  expect(serviceDocument(definition, { ...inputs, 'desired-count': 4 })).toEqual({
    ...fields,
    cluster: 'production',
    desiredCount: 4,
  });
});
