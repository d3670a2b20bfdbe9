// Named one by one, so that the bundle has nothing of them that is not used.
export { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
export {
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
  RestError,
  redirectPolicyName,
} from '@azure/core-rest-pipeline';
