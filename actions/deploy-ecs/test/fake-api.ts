import { Failure } from '@slipway/shared/failure/failure';
import type { EcsApi } from '../src/api/ecs-api.ts';
import type { LoadBalancingApi } from '../src/api/load-balancing.ts';
import type { LogsApi } from '../src/api/logs.ts';

const unexpected = (name: string) => () => {
  throw new Error(`the test has no answer for ${name}`);
};

/** ECS with the answers of a test; a call without an answer is a mistake of the test. */
export function fakeEcs(answers: Partial<EcsApi>): EcsApi {
  return {
    region: 'eu-central-1',
    describeServices: unexpected('describeServices'),
    createService: unexpected('createService'),
    updateService: unexpected('updateService'),
    deleteService: unexpected('deleteService'),
    describeTaskDefinition: unexpected('describeTaskDefinition'),
    registerTaskDefinition: unexpected('registerTaskDefinition'),
    listTaskDefinitions: unexpected('listTaskDefinitions'),
    deregisterTaskDefinition: unexpected('deregisterTaskDefinition'),
    describeServiceDeployments: unexpected('describeServiceDeployments'),
    describeServiceRevisions: unexpected('describeServiceRevisions'),
    stopServiceDeployment: unexpected('stopServiceDeployment'),
    continueServiceDeployment: unexpected('continueServiceDeployment'),
    listTasks: unexpected('listTasks'),
    describeTasks: unexpected('describeTasks'),
    runTask: unexpected('runTask'),
    stopTask: unexpected('stopTask'),
    ...answers,
  };
}

export function fakeLogs(answers: Partial<LogsApi>): LogsApi {
  return { getLogEvents: unexpected('getLogEvents'), ...answers };
}

export function fakeLoadBalancing(answers: Partial<LoadBalancingApi>): LoadBalancingApi {
  return {
    describeTargetHealth: unexpected('describeTargetHealth'),
    describeTargetGroups: unexpected('describeTargetGroups'),
    describeLoadBalancers: unexpected('describeLoadBalancers'),
    describeListeners: unexpected('describeListeners'),
    ...answers,
  };
}

/** What the SDK adds to every answer. */
export const meta = { $metadata: {} };

/** The refusal of a call that the role may not make. */
export const denied = (action: string) =>
  Failure.of('ecs/denied', { who: 'deploy', action, resource: '*', said: 'AccessDeniedException' });
