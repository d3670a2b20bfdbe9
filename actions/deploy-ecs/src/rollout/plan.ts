import type { DeploymentConfiguration, Service } from '@aws-sdk/client-ecs';
import type { PlanFacts } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { PreparedTaskDefinition } from '../task-definition/prepared.ts';
import type { DeploymentRef } from './deployment-ref.ts';
import type { EcsStep } from './traffic.ts';

/** What a run is going to do to a service. */
export interface EcsPlan extends PlanFacts<EcsStep> {
  /** The service as it was found; undefined where it is created. */
  service: Service | undefined;
  prepared: PreparedTaskDefinition;
  /** ARN of the task definition that a rollback leads to. */
  previous: string | undefined;
  /** What the inputs change of how the service is deployed; undefined where that is nothing. */
  configuration: DeploymentConfiguration | undefined;
  /** What UpdateService is told of the number of tasks; undefined where it stays as it is. */
  desiredCount: number | undefined;
  /** New tasks are started though nothing changed. */
  force: boolean;
  /** The same deployment, which an earlier run of this job has begun. */
  takenUp: DeploymentRef | undefined;
  /** What the service is created from; undefined where it is there. */
  definition: JsonObject | undefined;
  /** How many tasks the service is to have. */
  tasks: number;
}
