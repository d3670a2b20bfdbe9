import type * as ecs from '@aws-sdk/client-ecs';
import type { JsonObject } from '@slipway/shared/document/json-object';

/** One call: what it takes and gives is as the SDK has it. The call ends when the signal aborts. */
export type Call<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Output>;

/**
 * The calls to Amazon ECS that a deployment makes, as one role in one region.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/
 *
 * A call that is throttled throws `Throttled`. Every other refusal is a Failure: `ecs/denied` names
 * the IAM action that the role needs. Calls that may be repeated are, when there was no answer.
 */
export interface EcsApi {
  readonly region: string;
  describeServices: Call<ecs.DescribeServicesCommandInput, ecs.DescribeServicesCommandOutput>;
  createService: Call<JsonObject, ecs.CreateServiceCommandOutput>;
  updateService: Call<ecs.UpdateServiceCommandInput, ecs.UpdateServiceCommandOutput>;
  deleteService: Call<ecs.DeleteServiceCommandInput, ecs.DeleteServiceCommandOutput>;
  /** The document as AWS sent it, with fields that no SDK knows yet. */
  describeTaskDefinition: Call<
    { taskDefinition: string },
    { taskDefinition: JsonObject; tags: ecs.Tag[] }
  >;
  /** The document goes out as it is. */
  registerTaskDefinition: Call<JsonObject, { taskDefinition: JsonObject }>;
  listTaskDefinitions: Call<
    ecs.ListTaskDefinitionsCommandInput,
    ecs.ListTaskDefinitionsCommandOutput
  >;
  deregisterTaskDefinition: Call<
    ecs.DeregisterTaskDefinitionCommandInput,
    ecs.DeregisterTaskDefinitionCommandOutput
  >;
  describeServiceDeployments: Call<
    ecs.DescribeServiceDeploymentsCommandInput,
    ecs.DescribeServiceDeploymentsCommandOutput
  >;
  describeServiceRevisions: Call<
    ecs.DescribeServiceRevisionsCommandInput,
    ecs.DescribeServiceRevisionsCommandOutput
  >;
  stopServiceDeployment: Call<
    ecs.StopServiceDeploymentCommandInput,
    ecs.StopServiceDeploymentCommandOutput
  >;
  continueServiceDeployment: Call<
    ecs.ContinueServiceDeploymentCommandInput,
    ecs.ContinueServiceDeploymentCommandOutput
  >;
  listTasks: Call<ecs.ListTasksCommandInput, ecs.ListTasksCommandOutput>;
  describeTasks: Call<ecs.DescribeTasksCommandInput, ecs.DescribeTasksCommandOutput>;
  runTask: Call<ecs.RunTaskCommandInput, ecs.RunTaskCommandOutput>;
  stopTask: Call<ecs.StopTaskCommandInput, ecs.StopTaskCommandOutput>;
}
