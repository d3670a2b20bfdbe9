import type { EcsApi } from './ecs-api.ts';

/** Makes one call, with something before, after or instead of it. */
export type Around = <Output>(
  call: () => Promise<Output>,
  about: { name: Exclude<keyof EcsApi, 'region'>; signal: AbortSignal },
) => Promise<Output>;

/** The same calls, each of them made by `around`. */
export function aroundCalls(api: EcsApi, around: Around): EcsApi {
  const by =
    <Input, Output>(
      name: Exclude<keyof EcsApi, 'region'>,
      call: (input: Input, signal: AbortSignal) => Promise<Output>,
    ) =>
    (input: Input, signal: AbortSignal) =>
      around(() => call(input, signal), { name, signal });
  return {
    region: api.region,
    describeServices: by('describeServices', api.describeServices),
    createService: by('createService', api.createService),
    updateService: by('updateService', api.updateService),
    deleteService: by('deleteService', api.deleteService),
    describeTaskDefinition: by('describeTaskDefinition', api.describeTaskDefinition),
    registerTaskDefinition: by('registerTaskDefinition', api.registerTaskDefinition),
    listTaskDefinitions: by('listTaskDefinitions', api.listTaskDefinitions),
    deregisterTaskDefinition: by('deregisterTaskDefinition', api.deregisterTaskDefinition),
    describeServiceDeployments: by('describeServiceDeployments', api.describeServiceDeployments),
    describeServiceRevisions: by('describeServiceRevisions', api.describeServiceRevisions),
    stopServiceDeployment: by('stopServiceDeployment', api.stopServiceDeployment),
    continueServiceDeployment: by('continueServiceDeployment', api.continueServiceDeployment),
    listTasks: by('listTasks', api.listTasks),
    describeTasks: by('describeTasks', api.describeTasks),
    runTask: by('runTask', api.runTask),
    stopTask: by('stopTask', api.stopTask),
  };
}
