/** One deployment of a service, by each of the names that ECS has for it. */
export interface DeploymentRef {
  /** ARN of the task definition that its tasks run. */
  taskDefinition: string;
  /** `ecs-svc/…`, which its tasks carry as `startedBy`; undefined where ECS does not say it. */
  id: string | undefined;
  /** ARN of the service deployment; undefined until ECS says it, and where ECS made none. */
  arn: string | undefined;
}
